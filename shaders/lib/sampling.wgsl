// What a generation keeps between two tokens.

struct SamplingState {
  t: u32, // position of the token being made, from 0
  sequences: u32,
  max_tokens: u32,
  stop_token: u32, // 0xffffffff: none
  seed: u32,
  stream: u32,
  step: u32,
  top_k: u32, // 0: all
  inverse_temperature: f32, // 0: greedy
  top_p: f32, // 1: all
}

// A sequence that is being written: the token just read or drawn, its position, and whether it has ended (1).
struct Row { id: u32, position: u32, sequence: u32, done: u32 }
