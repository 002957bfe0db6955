/** The bytes of `public/world/cities.json`, as the packages in node_modules give them. */
export function worldText(): string;
/** The contents of `src/tasks/world/file.json` for those bytes. */
export function worldFile(text: string): string;
