/** The hub's origin, put in when the page is built; null where it was built without one. */
declare const HUB: string | null;
/** Origins that the hub may send its files from, beside its own. */
declare const HUB_HOSTS: readonly string[];
