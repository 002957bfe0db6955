/**
 * Where a default comes from: the paper, TRL or Hugging Face, a prototype's measurement (the notes on Kin and on local
 * refresh), our own measurement, or a choice nobody has measured.
 */
export type DefaultSource = 'paper' | 'TRL' | 'Hugging Face' | 'prototype' | 'measured' | 'choice';

/** What the schema does not say of a setting. */
export interface FieldNote {
  label: string;
  meaning: string;
  source: DefaultSource;
  unit?: string;
  step?: number;
  /** The field moves by factors. */
  geometric?: boolean;
}
