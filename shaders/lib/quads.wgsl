// Four lanes that load for each other. Include it first: directives stand before all declarations.

enable subgroups;
// The lanes of a quad take every branch together: what quadBroadcast needs, and more than compilers can prove.
diagnostic(off, subgroup_uniformity);

fn of_quad(x: f32) -> vec4f {
  return vec4f(quadBroadcast(x, 0u), quadBroadcast(x, 1u), quadBroadcast(x, 2u), quadBroadcast(x, 3u));
}
