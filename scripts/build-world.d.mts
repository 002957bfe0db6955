/** The bytes of `public/world/cities.json`, as the packages in node_modules give them. */
export function worldText(): string;
/** What `src/tasks/world/file.json` says of those bytes. */
export function worldFile(text: string): string;
