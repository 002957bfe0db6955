import { logSumExp, type Vector } from '../reference/arrays';

export interface SamplingSettings {
  /** 0 is greedy. */
  temperature: number;
  /** 0 keeps all. */
  top_k: number;
  /** 1 keeps all. */
  top_p: number;
}

export interface Sample {
  token: number;
  /** Natural log of its probability under the whole softmax(logits / temperature), as TRL records; greedy: at 1. */
  logprob: number;
  /** Entropy of the same distribution, in nats. */
  entropy: number;
  /** 1 where a token could have been drawn, else 0 (V). */
  kept: Uint8Array;
  /** The share of the kept mass before the token and up to its end: the u that draw it. A test may skip a u at the rim. */
  interval: [low: number, high: number];
}

/** The lowest id among the largest logits (V). */
export function greedy(logits: Vector): number {
  let best = 0;
  for (let v = 1; v < logits.length; v++) {
    if (logits[v]! > logits[best]!) best = v;
  }
  return best;
}

/**
 * The tokens that may be drawn (V), temperature first, then top-k, then top-p, as in Hugging Face. Ties stand or fall
 * together, so that the set does not depend on how a sort breaks them:
 * - top-k keeps a token when fewer than k tokens have a larger logit (so more than k where the k-th is tied);
 * - top-p keeps a token when the tokens with a larger logit hold less than p of the mass that top-k left. The
 *   most likely token is always kept.
 */
export function keptTokens(logits: Vector, settings: SamplingSettings): Uint8Array {
  const order = Array.from({ length: logits.length }, (_, v) => v);
  order.sort((a, b) => (logits[b]! > logits[a]! ? 1 : logits[b]! < logits[a]! ? -1 : 0));
  const kept = new Uint8Array(logits.length);
  const limit = settings.top_k > 0 ? settings.top_k : Infinity;
  let larger = 0;
  order.forEach((v, rank) => {
    if (rank > 0 && logits[v]! < logits[order[rank - 1]!]!) larger = rank;
    if (larger < limit) kept[v] = 1;
  });
  if (settings.top_p >= 1) return kept;
  const mass = weightsOf(logits, settings.temperature, kept);
  const total = mass.reduce((a, b) => a + b, 0);
  let above = 0;
  let running = 0;
  order.forEach((v, rank) => {
    if (rank > 0 && logits[v]! < logits[order[rank - 1]!]!) above = running;
    running += mass[v]!;
    if (rank > 0 && logits[v]! < logits[order[0]!]! && above >= settings.top_p * total) kept[v] = 0;
  });
  return kept;
}

/**
 * Draws from logits (V) with a given u in [0, 1): the lowest kept id whose running share of the kept mass, summed in id
 * order, exceeds u. Rounding that leaves none takes the last of them; an id without mass is never drawn. Temperature 0 takes {@link greedy}.
 */
export function sample(logits: Vector, settings: SamplingSettings, u: number): Sample {
  if (settings.temperature === 0) {
    const token = greedy(logits);
    const kept = new Uint8Array(logits.length);
    kept[token] = 1;
    const logprob = logits[token]! - logSumExp(logits, 0, logits.length);
    return { token, logprob, entropy: entropyOf(logits, 1), kept, interval: [0, 1] };
  }
  const kept = keptTokens(logits, settings);
  const mass = weightsOf(logits, settings.temperature, kept);
  const total = mass.reduce((a, b) => a + b, 0);
  let token = -1;
  let interval: Sample['interval'] = [0, 1];
  let running = 0;
  for (let v = 0; v < logits.length; v++) {
    if (mass[v] === 0) continue;
    token = v;
    interval = [running / total, (running + mass[v]!) / total];
    running += mass[v]!;
    if (running > u * total) break;
  }
  const lse = logSumExp(logits, 0, logits.length, 1 / settings.temperature);
  const entropy = entropyOf(logits, settings.temperature);
  return { token, logprob: logits[token]! / settings.temperature - lse, entropy, kept, interval };
}

/** exp((logit − max) / temperature) of the kept tokens, 0 elsewhere (V). */
function weightsOf(logits: Vector, temperature: number, kept: Uint8Array): Float64Array {
  const max = logits[greedy(logits)]!;
  return Float64Array.from({ length: logits.length }, (_, v) =>
    kept[v] ? Math.exp((logits[v]! - max) / temperature) : 0,
  );
}

/** −Σ p log p of softmax(logits / temperature). */
function entropyOf(logits: Vector, temperature: number): number {
  const lse = logSumExp(logits, 0, logits.length, 1 / temperature);
  return Array.from(logits).reduce((sum, logit) => {
    const logprob = logit / temperature - lse;
    const p = Math.exp(logprob);
    return p > 0 ? sum - p * logprob : sum;
  }, 0);
}
