import { ggufShape, writeGguf } from '../src/formats/gguf/gguf.test-data';
import { ggufNames } from '../src/formats/gguf/names';
import { float32ToFloat16 } from '../src/lib/half';
import { Random } from '../src/lib/philox';
import { checkpointTensors } from '../src/tensors/layout';
import { BYTE_CHARACTERS } from '../src/tokenizer/byte-level';
import { smallShape } from './small-checkpoint';

const SPECIAL = ['<s>', '</s>'];
const tokens = [...SPECIAL, ...BYTE_CHARACTERS];
const arch = smallShape(tokens.length, 64);
/** ggml's numbers. */
const [F32, Q8_0] = [0, 8];
const BLOCK = 32;

/** Blocks of Q8_0: a scale as a half, then 32 signed bytes. */
function blocks(random: Random, length: number): Uint8Array {
  const scale = new Uint8Array(float32ToFloat16(new Float32Array([1 / 400])).buffer);
  const bytes = new Uint8Array((length / BLOCK) * (BLOCK + 2));
  for (let at = 0; at < bytes.length; at += BLOCK + 2) {
    bytes.set(scale, at);
    for (let i = 0; i < BLOCK; i++) bytes[at + 2 + i] = random.integer(256);
  }
  return bytes;
}

/** A GGUF file of a small qwen3: matrices of Q8_0, a tokenizer of single bytes that ends a text. */
export function smallGguf(): Uint8Array {
  const random = new Random(3, 'init');
  const names = ggufNames(arch.num_hidden_layers);
  return writeGguf(
    {
      ...ggufShape(arch),
      'general.license': 'apache-2.0',
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'qwen2',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': tokens.map((token) => (SPECIAL.includes(token) ? 3 : 1)),
      'tokenizer.ggml.merges': [],
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.eos_token_id': 1,
      'tokenizer.ggml.add_eos_token': true,
    },
    checkpointTensors(arch).map(({ name, shape, length }) => ({
      name: names.get(name)!,
      shape,
      ...(shape.length === 1
        ? { type: F32, bytes: new Uint8Array(new Float32Array(length).fill(1).buffer) }
        : { type: Q8_0, bytes: blocks(random, length) }),
    })),
  );
}
