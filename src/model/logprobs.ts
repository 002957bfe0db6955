import type { Owned } from '../gpu/gpu';
import { tokenLogprob } from '../kernels/grpo/grpo';
import { COUNT } from '../kernels/rows';
import { packSequences } from './batch';
import { partsOf } from './batch-parts';
import { ForwardPass } from './forward-pass';
import { headChunks, LogitScratch, recordLogits } from './head';
import type { Model } from './model';
import { integersAt, placesIn, rowsIn } from './rows-in';

/** Log-probabilities of given tokens under a model that is not trained: the reference of GRPO's KL term. */
export class LogprobPass {
  private readonly pass: ForwardPass;
  private readonly head: LogitScratch;
  private readonly views: Record<'rows' | 'labels' | 'logprobs' | 'entropies', Owned>;

  /** @param most tokens and targets that are computed at once; more are computed part by part. */
  constructor(
    private readonly model: Model,
    { tokens, targets }: { tokens: number; targets: number },
    temperature: number,
  ) {
    const { gpu, architecture } = model;
    const words = (label: string) => gpu.buffer(`reference ${label}`, targets * 4);
    this.views = {
      rows: words('rows'),
      labels: words('labels'),
      logprobs: words('logprobs'),
      entropies: words('entropies'),
    };
    this.head = new LogitScratch(gpu, model, targets);
    this.pass = new ForwardPass(model, 'reference log-probabilities', tokens, (recorder) => {
      const { pass, head, views: v } = this;
      for (const { rows, part } of headChunks(head, COUNT.TARGETS)) {
        recordLogits(recorder, pass.batch.counts, model, {
          rows,
          at: part(v.rows),
          hidden: pass.activations.hidden,
          gathered: head.hidden,
          into: head.logits,
        });
        tokenLogprob(
          recorder,
          pass.batch,
          { rows, vocabulary: architecture.vocab_size },
          {
            temperature,
            labels: part(v.labels),
            logits: head.logits,
            logprobs: part(v.logprobs),
            entropies: part(v.entropies),
          },
        );
      }
    });
  }

  /** Records what `run` runs, the first time. */
  ready(): Promise<void> {
    return this.pass.ready();
  }

  /** @param rows of the packed batch that predict `labels`. @returns log softmax(logits / temperature)[label] (targets) */
  async run(
    sequences: readonly (readonly number[])[],
    rows: Uint32Array<ArrayBuffer>,
    labels: Uint32Array<ArrayBuffer>,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { gpu } = this.model;
    await this.pass.ready();
    const logprobs = new Float32Array(rows.length);
    const parts = partsOf(sequences, this.pass.tokens).map(async (part) => {
      const places = placesIn(rows, part);
      if (places.length === 0) return;
      gpu.write(this.views.rows, rowsIn(rows, places, part));
      gpu.write(this.views.labels, integersAt(labels, places));
      this.pass.run(packSequences(part.sequences), { TARGETS: places.length });
      const found = await gpu.readFloats(this.views.logprobs, places.length);
      places.forEach((place, i) => (logprobs[place] = found[i]!));
    });
    await Promise.all(parts);
    return logprobs;
  }

  destroy(): void {
    this.pass.destroy();
    this.head.destroy();
    this.model.gpu.free(...Object.values(this.views));
  }
}
