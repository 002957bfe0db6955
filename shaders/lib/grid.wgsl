// The place of an invocation, or of a workgroup, in a grid that is folded into two dimensions past 65,535 workgroups.

fn flat_index(id: vec3u, groups: vec3u, size: u32) -> u32 {
  return id.x + id.y * groups.x * size;
}

fn flat_group(group: vec3u, groups: vec3u) -> u32 {
  return group.x + group.y * groups.x;
}
