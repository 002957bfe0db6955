/** An error of a template, with the line that it came from. */
export class TemplateError extends Error {
  override name = 'TemplateError';
  constructor(
    readonly line: number | null,
    message: string,
  ) {
    super(message);
  }
}
