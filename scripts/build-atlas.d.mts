/** The bytes of `public/atlas/countries.json`, as the packages in node_modules give them. */
export function atlasText(): string;
/** What `src/tasks/atlas/file.json` says of those bytes. */
export function atlasFile(text: string): string;
