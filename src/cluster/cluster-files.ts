import type { Session } from '../config/session';
import ddp from './files/ddp.yaml';
import documentIndex from './files/document_index.py';
import fsdp from './files/fsdp.yaml';
import handOver from './files/hand_over.py';
import kubernetes from './files/kubernetes.yaml';
import manyMachines from './files/many-machines.yaml';
import oneGpu from './files/one-gpu.yaml';
import requirements from './files/requirements.txt';
import slurm from './files/slurm.sh';
import models from './files/models.py';
import stage1 from './files/stage1.py';
import stage2 from './files/stage2.py';
import sweepKubernetes from './files/sweep-kubernetes.yaml';
import sweepSlurm from './files/sweep-slurm.sh';
import train from './files/train.py';

/** Programs and settings of a cluster's folder, by path. */
export const clusterFiles = (session: Session): [path: string, contents: string][] => [
  ['train.py', train],
  ['stage1.py', stage1],
  ['stage2.py', stage2],
  ['models.py', models],
  ['document_index.py', documentIndex],
  ['hand_over.py', handOver],
  ['requirements.txt', requirements],
  ['accelerate/one-gpu.yaml', oneGpu],
  ['accelerate/ddp.yaml', ddp],
  ['accelerate/fsdp.yaml', fsdp],
  ['accelerate/many-machines.yaml', manyMachines],
  ['slurm.sh', slurm],
  ['kubernetes.yaml', kubernetes],
  ['README.md', readme(session)],
];

const readme = ({ title, task }: Session): string => `# ${title || task.name}, on a cluster

A session of Search-R3 Lab with its data, its batches and the model that stage 0 left. Stages 1 and 2 run here:

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/accelerate launch --config_file accelerate/one-gpu.yaml train.py --processes 1

On a machine without GPUs: \`ACCELERATE_USE_CPU=true\` before it. Several GPUs or machines: the head of each file in
\`accelerate/\`, \`slurm.sh\`, \`kubernetes.yaml\`. An interrupted run goes on when it is started again.

\`run/\` then holds \`metrics.jsonl\`, \`traces.jsonl\`, \`graph.jsonl\` and \`checkpoint/\` in Hugging Face layout.
\`lab import run\`, or dropping that folder on the page's Runs, opens it as a run.
`;

/**
 * The files that start the workers of a sweep on a cluster, by name.
 * @param words of its command line, after `lab sweep`.
 */
export const sweepFiles = (words: readonly string[]): [name: string, contents: string][] => [
  ['slurm-array.sh', sweepSlurm.replace('@ARGUMENTS@', () => words.map(quoted).join(' '))],
  ['kubernetes-indexed.yaml', sweepKubernetes.replace("['ARGUMENTS']", () => JSON.stringify(words))],
];

/** One word for a POSIX shell. */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_./=,:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
