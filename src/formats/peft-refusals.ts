import { InputError } from '../lib/errors';
import { quote, type JsonObject } from './json';

/** Settings that make an adapter something else than `scale · B A` beside a matrix, and what they are called. */
const OTHERS: readonly (readonly [key: string, name: string])[] = [
  ['use_dora', 'DoRA'],
  ['lora_bias', 'a bias of its own'],
  ['modules_to_save', 'whole modules beside it (modules_to_save)'],
  ['fan_in_fan_out', 'transposed matrices (fan_in_fan_out)'],
  ['layer_replication', 'repeated layers (layer_replication)'],
  ['target_parameters', 'single parameters (target_parameters)'],
  ['alora_invocation_tokens', 'activated LoRA (alora_invocation_tokens)'],
  ['use_qalora', 'QALoRA'],
  ['use_bdlora', 'block-diagonal LoRA (use_bdlora)'],
  ['arrow_config', 'Arrow'],
  ['kasa_config', 'KaSA'],
  ['monteclora_config', 'MonteCLoRA'],
  ['velora_config', 'VeLoRA'],
];

/** First weights that are taken from the base, which is then another one than the name says. */
const MOVED_BASES = /^(pissa|olora|corda|loftq|lora_ga)/;

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

/** @throws InputError for an adapter that only looks like plain LoRA, by its name. */
export function refuseOtherAdapters(config: JsonObject, where: string): void {
  const { peft_type: kind = 'LORA', bias = 'none', init_lora_weights: init } = config;
  if (kind !== 'LORA') throw new InputError(`${where}: peft_type is ${quote(kind)}, expected "LORA"`);
  const other = OTHERS.find(([key]) => isSet(config[key]));
  if (other) throw new InputError(`${where}: an adapter with ${other[1]}, expected plain LoRA or rsLoRA`);
  if (bias !== 'none') throw new InputError(`${where}: bias is ${quote(bias)}, expected "none"`);
  if (typeof init === 'string' && MOVED_BASES.test(init)) {
    throw new InputError(`${where}: init_lora_weights is ${quote(init)}, which changes the base, expected plain LoRA`);
  }
}
