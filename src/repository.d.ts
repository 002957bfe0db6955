/** The source's address, put in when the page is built; null where package.json names none. */
declare const REPOSITORY: string | null;
