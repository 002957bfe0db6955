import type { Dtype } from '../kernels/weights/weights';
import type { Elements } from './dtype';

/** A checkpoint's weights where they lie, read a few rows at a time: never a whole copy in memory. */
export interface WeightSource {
  /** The dtype in which `read` gives a checkpoint's tensor, by its Hugging Face name. */
  dtypeOf(name: string): Dtype;
  /**
   * Rows [row, row + rows) of a tensor, in Hugging Face's order of rows; of a vector, elements.
   * @throws InputError where the file ends early or holds NaN or infinity.
   */
  read(name: string, row: number, rows: number): Promise<Elements>;
}
