// As much of it as is used, for the engine: the package's own types bring Node's along.
declare const Papa: {
  Parser: new (options: { delimiter: string; newline: string }) => {
    parse(text: string, offset: number, keepsLastLine: boolean): unknown;
  };
};
export default Papa;
