/** The adapter that this page's contenders get, as WebGPU describes it. */
export async function adapterInfo() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no WebGPU adapter');
  const { vendor, architecture, device, description } = adapter.info;
  return { vendor, architecture, device, description };
}
