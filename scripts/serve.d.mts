/** Serves `folder` on 127.0.0.1; tries the next ports where one is taken. */
export declare function serve(options: {
  folder: string;
  port?: number;
  under?: string;
  attempts?: number;
}): Promise<{ url: string; close: () => Promise<void> }>;
