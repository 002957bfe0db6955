/**
 * Whether a script was asked for its small version (`--small`): it takes the same way in seconds, in a folder that is thrown
 * away, and its figures say nothing. A test runs it, so that a script still works when somebody needs it.
 */
export const isSmall = process.env['LAB_BENCH_SMALL'] === '1';
