/** The bytes of `public/atlas/countries.json`, as the packages in node_modules give them. */
export function atlasText(): string;
/** The contents of `src/tasks/atlas/file.json` for those bytes. */
export function atlasFile(text: string): string;
