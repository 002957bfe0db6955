// Runs the command line from its sources: bundles src/host/node/main.ts (a tenth of a second) and starts it.
const { runBundled } = await import('./bundled.mjs').catch(() => {
  process.stderr.write('lab: its packages are not installed; run `npm run setup` first\n');
  process.exit(2);
});
process.exit(await runBundled('src/host/node/main.ts', process.argv.slice(2)));
