import { atlasFacts } from './atlas-facts/definition';
import { atlasWalk } from './atlas-walk/definition';
import { kin } from './kin/definition';
import { reverse } from './reverse/definition';
import { text } from './text/definition';
import { world } from './world/definition';

/** Every task, in the order in which they are offered. Order decides links: a new one goes to the end. */
export const TASK_LIST = [kin, atlasFacts, atlasWalk, text, world, reverse] as const;
