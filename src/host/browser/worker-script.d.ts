/** The type of a worker import: Vite builds the module as a worker and gives its address. */
declare module '*?worker&url' {
  const address: string;
  export default address;
}
