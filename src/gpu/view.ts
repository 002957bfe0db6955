/** A range of a buffer, in bytes; offsets are multiples of 256, the strictest alignment a binding can ask for. */
export interface View {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
  /** The content's name, where it differs from its buffer's. */
  readonly name?: string;
}

/** A whole buffer, as it was made, which can be freed. A range of it is a `View` and belongs to the owner of this. */
export interface Owned extends View {
  readonly owned: true;
}
