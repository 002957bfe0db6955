/**
 * Writes the tables of docs/reliability.md anew from docs/results, as the scripts that measure do at their end.
 *
 *   node scripts/bench.mjs tables
 */
import { existsSync } from 'node:fs';
import { writeFuzz } from './fuzz-table';
import { writeInterruptions } from './interruptions';
import { writeSoaks } from './soak-table';

if (existsSync('docs/results/fuzz.json')) writeFuzz();
writeInterruptions();
writeSoaks();
