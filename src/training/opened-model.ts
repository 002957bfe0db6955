import type { OpenedModel } from '../formats/opened-model';
import type { Gpu } from '../gpu/gpu';
import { Model } from '../model/model';

/**
 * An opened model on the GPU, frozen, its matrices as they are stored; they are read a few rows at a time.
 * @throws InputError for a file that ends early or holds NaN; nothing is left on the GPU then.
 */
export async function loadModel(
  gpu: Gpu,
  opened: Pick<OpenedModel, 'arch' | 'weights' | 'tensorDtype'>,
): Promise<Model> {
  const model = new Model(gpu, opened.arch, { trained: () => false, dtype: opened.tensorDtype });
  try {
    await model.weights.stream(opened.weights);
  } catch (error) {
    model.destroy();
    throw error;
  }
  return model;
}
