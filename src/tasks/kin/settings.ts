import { noted, whole } from '../../settings/leaves';
import type { SettingsOf } from '../definition';
import { heldOut, instructions, traces } from '../shared-settings';

/** The settings that Kin reads: the size of its world, and how much of it training sees. */
export const kinSettings = {
  entities: noted(whole(4, 256, 64), {
    label: 'Entities',
    meaning: 'Things the made-up world holds.',
    source: 'prototype',
    geometric: true,
  }),
  relations: noted(whole(1, 16, 8), {
    label: 'Relations',
    meaning: 'Relations between them; each sends every entity to another, a fact apiece.',
    source: 'prototype',
  }),
  topics: noted(whole(1, 96, 24), {
    label: 'Topics',
    meaning: 'Topics; every entity has one document on each.',
    source: 'prototype',
    step: 8,
  }),
  max_depth: noted(whole(1, 6, 4), {
    label: 'Deepest query',
    meaning: 'The most facts that a query chains.',
    source: 'prototype',
    unit: 'hops',
  }),
  ...traces,
  ...heldOut,
  ...instructions,
};

export type KinSettings = SettingsOf<typeof kinSettings>;
