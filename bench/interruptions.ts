import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { writeSection } from './driven/section';

const HEADING = '## Kills and losses';

const common = { command: v.string(), commit: v.string(), session_seconds: v.number(), runs: v.number(), differing: v.number() }; // prettier-ignore
const kills = v.object({
  ...common,
  kills: v.number(),
  sleeps: v.number(),
  sleep_seconds: v.number(),
  late_seconds: v.array(v.number()),
});
const losses = v.object({ ...common, losses: v.number(), by_stage: v.record(v.string(), v.number()) });
const page = v.object({
  ...common,
  browser: v.string(),
  kills: v.record(v.string(), v.number()),
  losses: v.optional(v.number(), 0),
  by_stage: v.optional(v.record(v.string(), v.number()), {}),
  unreadable: v.optional(v.number()),
});

const counted = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** Writes what `kills`, `losses` and `kills-page` found in the three hosts, from their results, into docs/reliability.md. */
export function writeInterruptions(): void {
  const read = <S extends v.GenericSchema>(schema: S, name: string): v.InferOutput<S> =>
    v.parse(schema, JSON.parse(readFileSync(`docs/results/${name}.json`, 'utf8')));
  const node = read(kills, 'kills');
  const lost = read(losses, 'losses');
  const chromium = read(page, 'kills-chromium');
  const firefox = read(page, 'kills-firefox');
  const same = ({ runs, differing }: { runs: number; differing: number }): string => `${runs - differing} of ${runs}`;
  const made = ({ command, commit }: { command: string; commit: string }): string => `\`${command}\` at ${commit}`;
  const total = ({ kills: of }: { kills: Readonly<Record<string, number>> }): number =>
    Object.values(of).reduce((a, b) => a + b, 0);
  const inStages = (of: Readonly<Record<string, number>>): string =>
    Object.keys(of).length === 0 ? '' : `; in ${counted(of)}`;
  const late = node.late_seconds.length === 0 ? '' : ` Stopped for ${node.sleep_seconds} s, as by a machine that sleeps, ${node.late_seconds.length} times, it ended with the same fingerprint, ${Math.max(0, ...node.late_seconds).toFixed(1)} s later at most than without the stop.`; // prettier-ignore
  const text = [
    HEADING,
    '',
    `A session of seconds with all its stages, interrupted at random moments and gone on with. Each run is to end with the fingerprint of one that was left alone; no checkpoint may ever be unreadable.`,
    '',
    '| where | interrupted by | times | runs with the same fingerprint | made by |',
    '|---|---|---|---|---|',
    `| Node | \`SIGKILL\` to the command line and all it started | ${node.kills} | ${same(node)} | ${made(node)} |`,
    `| Node | the loss of the device, after states of ${counted(lost.by_stage)} | ${lost.losses} | ${same(lost)} | ${made(lost)} |`,
    ...[chromium, firefox].map((host) => `| ${host.browser} | the death of ${counted(host.kills)}${host.losses > 0 ? `, and of the device ${host.losses}` : ''}${inStages(host.by_stage)} | ${total(host)} and ${host.losses} | ${same(host)}; ${host.unreadable ?? 0} unreadable checkpoints | ${made(host)} |`), // prettier-ignore
    '',
    `Left alone it takes ${node.session_seconds.toFixed(0)} s in Node, ${chromium.session_seconds.toFixed(0)} s in Chromium, ${firefox.session_seconds.toFixed(0)} s in Firefox.${late} A device that is lost three times in a row before the run has kept another state is not tried a fourth time: the command line says so, the page asks.`,
    '',
  ].join('\n');
  writeSection(HEADING, text);
}
