import * as v from 'valibot';
import { flag, line, noted, option, real, whole } from '../../settings/leaves';
import { optimiser, factReplay } from './optimiser';

/**
 * The text between a query and its embed token: its reasoning, nothing, or as many filler words as the reasoning has.
 * `both` trains every query with its reasoning and without, distinguished by the mode word.
 */
const SFT_MODES = ['reasoning', 'direct', 'both', 'filler'] as const;

/** The small embedder whose ranking stage 1 learns beside its own pairs; all empty where there is none. */
const teacherSchema = v.strictObject({
  /** The hash of its folder, as `model.base.sha256`. */
  sha256: noted(line(64), {
    label: 'Teacher',
    meaning: 'SHA-256 of the small embedder whose scores over the documents are distilled into the model.',
    source: 'choice',
  }),
  name: noted(line(120), {
    label: 'Teacher, name',
    meaning: 'What it is called; the hash alone decides whether an embedder is the one.',
    source: 'choice',
  }),
  from: noted(line(200), {
    label: 'Teacher, source',
    meaning: 'Where its bytes came from, for whoever does not have them.',
    source: 'choice',
  }),
});

/** Stage 1: right reasoning, and embeddings beside it. */
export const sftSchema = v.strictObject({
  steps: noted(whole(0, 100_000, 600), {
    label: 'Steps',
    meaning: 'Updates that teach the model to write its reasoning and to embed.',
    source: 'prototype',
    unit: 'steps',
    step: 50,
  }),
  batch_size: noted(whole(2, 1024, 64, 'the contrastive loss needs another document in the batch'), {
    label: 'Batch',
    meaning: 'Queries in each step, each with its document.',
    source: 'prototype',
    unit: 'queries',
    geometric: true,
  }),
  topics_per_batch: noted(whole(1, 96, 8), {
    label: 'Topics in a batch',
    meaning: 'Too few and the topic is ignored; too many and the entity is.',
    source: 'prototype',
  }),
  mode: noted(option(SFT_MODES, 'reasoning'), {
    label: 'Before the embed token',
    meaning: 'Written reasoning, nothing, or as many meaningless words.',
    source: 'paper',
  }),
  curriculum: noted(flag(false), {
    label: 'Curriculum',
    meaning: 'Begin with one hop and add the deeper ones by thirds of the steps.',
    source: 'prototype',
  }),
  hard_negatives: noted(whole(0, 4, 1), {
    label: 'Hard negatives',
    meaning: 'Close but wrong documents added for each query.',
    source: 'choice',
    unit: 'per query',
  }),
  weight_sft: noted(real(0, 100, 1), {
    label: 'Weight of the answer',
    meaning: 'Weight of the cross-entropy on the reasoning and the embed token.',
    source: 'prototype',
  }),
  weight_kl: noted(real(0, 100, 0), {
    label: 'Weight of KL',
    meaning: 'Weight of the divergence from the model that stage 0 left.',
    source: 'choice',
  }),
  weight_infonce: noted(real(0, 100, 1), {
    label: 'Weight of InfoNCE',
    meaning: 'Weight of telling the right document from the rest of the batch.',
    source: 'prototype',
  }),
  weight_triplet: noted(real(0, 100, 0.2), {
    label: 'Weight of triplet',
    meaning: 'Weight of keeping hard negatives a margin away.',
    source: 'prototype',
  }),
  temperature: noted(real(0.001, 10, 0.05), {
    label: 'InfoNCE temperature',
    meaning: 'Divides the cosines before the softmax; small sharpens.',
    source: 'prototype',
    geometric: true,
  }),
  margin: noted(real(0, 2, 0.2), {
    label: 'Triplet margin',
    meaning: 'How much closer than the hard negative the right document must be, as a cosine.',
    source: 'prototype',
  }),
  teacher: v.optional(teacherSchema, {}),
  weight_distil: noted(real(0, 100, 0), {
    label: 'Weight of the teacher',
    meaning: 'Weight of ranking the documents of a batch as the teacher does; 0 without one.',
    source: 'choice',
  }),
  teacher_temperature: noted(real(0.001, 10, 0.05), {
    label: 'Teacher’s temperature',
    meaning: 'Divides the teacher’s cosines before the softmax; small makes it sure of its first.',
    source: 'choice',
    geometric: true,
  }),
  ...factReplay,
  ...optimiser(4e-3, 'linear'),
});
