/**
 * The source of a default: the paper, TRL or Hugging Face, a prototype's measurement (the notes on Kin and on local
 * refresh), our own measurement, or a choice that has not been measured.
 */
export type DefaultSource = 'paper' | 'TRL' | 'Hugging Face' | 'prototype' | 'measured' | 'choice';

/** The notes on a setting that its schema does not hold. */
export interface FieldNote {
  label: string;
  meaning: string;
  source: DefaultSource;
  unit?: string;
  step?: number;
  /** The field moves by factors. */
  geometric?: boolean;
}
