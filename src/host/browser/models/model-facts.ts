import { isEncoder, type AnyOpenedModel } from '../../../formats/opened-model';
import { Tokenizer } from '../../../formats/tokenizer';
import { bytesOf } from '../../../kernels/weights/weights';
import { inputSentence } from '../../../lib/errors';
import { tableLayout } from '../../../tensors/table';
import { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import type { KeptModel, ModelCard } from './api';

/** Number of weights by their dtype in the files, most first. */
function dtypesOf({ arch, tensorDtype }: Pick<AnyOpenedModel, 'arch' | 'tensorDtype'>): ModelCard['dtypes'] {
  const counts = new Map<string, { dtype: string; parameters: number; bytes: number }>();
  for (const { name, length } of tableLayout(arch)) {
    const dtype = tensorDtype(name);
    const of = counts.get(dtype) ?? { dtype, parameters: 0, bytes: 0 };
    of.parameters += length;
    of.bytes += bytesOf(dtype, length);
    counts.set(dtype, of);
  }
  return [...counts.values()].sort((a, b) => b.parameters - a.parameters);
}

/** The facts about a model that a list shows. */
export function factsOf(opened: AnyOpenedModel): Pick<KeptModel, 'modelType' | 'parameters' | 'dtype' | 'licence'> {
  const dtypes = dtypesOf(opened);
  return {
    modelType: opened.arch.model_type,
    parameters: dtypes.reduce((sum, { parameters }) => sum + parameters, 0),
    dtype: dtypes[0]?.dtype ?? '',
    licence: opened.licence,
  };
}

/** Everything that a model's files say of it. */
export async function cardOf(model: KeptModel, opened: AnyOpenedModel): Promise<ModelCard> {
  const { arch, files } = opened;
  const writes = isEncoder(opened) ? null : opened;
  return {
    model,
    arch: { ...arch, num_key_value_heads: writes?.arch.num_key_value_heads ?? arch.num_attention_heads },
    dtypes: dtypesOf(opened),
    isEncoder: writes === null,
    hasHead: writes?.hasHead ?? false,
    ...(await tokenizerFacts(opened, model.name)),
    chatTemplate: writes?.chatTemplate ?? null,
    files: files.names.map((name) => ({ name, bytes: files.size(name) })),
  };
}

async function tokenizerFacts(opened: AnyOpenedModel, where: string): Promise<Pick<ModelCard, 'tokenizer' | 'embeds'>> {
  if (opened.tokenizer === null) return { tokenizer: null, embeds: null };
  const { model } = opened.tokenizer.tokenizer;
  const named: unknown = typeof model === 'object' && model !== null ? Reflect.get(model, 'type') : null;
  const kind = typeof named === 'string' ? named : 'of no named kind';
  try {
    const tokenizer = new Tokenizer(opened.tokenizer, where);
    const known = { kind, size: tokenizer.size };
    try {
      const prompts = new EmbeddingPrompts(
        tokenizer,
        opened.arch.max_position_embeddings,
        where,
        await opened.embedder(),
      );
      return {
        tokenizer: { ...known, refused: null },
        embeds: { token: prompts.embedToken, id: prompts.embedId, pooling: prompts.pooling, longest: prompts.context },
      };
    } catch (error) {
      return { tokenizer: { ...known, refused: inputSentence(error) }, embeds: null };
    }
  } catch (error) {
    return { tokenizer: { kind, size: 0, refused: inputSentence(error) }, embeds: null };
  }
}
