import type { View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { tokenLogprob } from '../kernels/grpo';
import { COUNT, liveRows } from '../kernels/rows';
import { Activations } from './activations';
import { BatchBuffers, packSequences } from './batch';
import { recordForward } from './forward';
import { recordLogits } from './head';
import type { Model } from './model';

/** Log-probabilities of given tokens under a model that is not trained: the reference of GRPO's KL term. */
export class LogprobPass {
  private readonly batch: BatchBuffers;
  private readonly activations: Activations;
  private readonly views: Record<'rows' | 'labels' | 'gathered' | 'logits' | 'logprobs' | 'entropies', View>;
  private program: Program | null = null;

  constructor(
    private readonly model: Model,
    private readonly capacity: { tokens: number; targets: number },
    private readonly temperature: number,
  ) {
    const { gpu, architecture: a } = model;
    const { tokens, targets } = capacity;
    this.batch = new BatchBuffers(gpu, tokens, false);
    this.activations = new Activations(gpu, model, tokens, 'nothing');
    const floats = (label: string, count: number) => gpu.buffer(`reference ${label}`, count * 4);
    this.views = {
      rows: floats('rows', targets),
      labels: floats('labels', targets),
      gathered: floats('hidden', targets * a.hidden_size),
      logits: floats('logits', targets * a.vocab_size),
      logprobs: floats('logprobs', targets),
      entropies: floats('entropies', targets),
    };
  }

  /** @param rows of the packed batch that predict `labels`. @returns log softmax(logits / temperature)[label] (targets) */
  async run(
    sequences: readonly (readonly number[])[],
    rows: Uint32Array<ArrayBuffer>,
    labels: Uint32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { gpu } = this.model;
    this.program ??= await this.record();
    this.batch.write(packSequences(sequences), { TARGETS: rows.length });
    gpu.write(this.views.rows, rows);
    gpu.write(this.views.labels, labels);
    this.program.run();
    return gpu.readFloats(this.views.logprobs, rows.length);
  }

  private record(): Promise<Program> {
    const { model, batch, activations, views: v } = this;
    const recorder = new Recorder(model.gpu, 'reference log-probabilities');
    const rows = liveRows(this.capacity.targets, COUNT.TARGETS);
    recordForward(recorder, model, batch, activations);
    recordLogits(recorder, batch.counts, model, {
      rows,
      at: v.rows,
      hidden: activations.hidden,
      gathered: v.gathered,
      into: v.logits,
    });
    tokenLogprob(
      recorder,
      batch,
      { rows, vocabulary: model.architecture.vocab_size },
      {
        temperature: this.temperature,
        labels: v.labels,
        logits: v.logits,
        logprobs: v.logprobs,
        entropies: v.entropies,
      },
    );
    return recorder.finish();
  }

  destroy(): void {
    this.batch.destroy();
    this.activations.destroy();
    this.program?.destroy();
    this.model.gpu.free(...Object.values(this.views));
  }
}
