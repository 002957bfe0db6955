// Made by `npm run shaders` of shaders/: what an import of a shader gives, and what a call of it takes.

declare module '*/check/not_finite.wgsl' {
  const shader: import('./gpu/shader').Shader<{ length: number; slot: number }, 'values' | 'found', never, object>;
  export default shader;
}

declare module '*/loss/cross_entropy.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; vocabulary: number },
    'counts' | 'labels' | 'weights' | 'logits' | 'losses',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/cross_entropy_kl.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; vocabulary: number; kl_scale: number },
    'counts' | 'labels' | 'weights' | 'base_logits' | 'logits' | 'losses' | 'divergences',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/distil.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      columns: { limit: number; slot: number; start: number };
      pitch: number;
      inverse_temperature: number;
      inverse_teacher_temperature: number;
      weight: number;
    },
    'counts' | 'teacher' | 'scores' | 'dscores' | 'losses',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/grpo.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      vocabulary: number;
      inverse_temperature: number;
      clip_low: number;
      clip_high: number;
      beta: number;
    },
    'counts' | 'tokens' | 'logits' | 'terms' | 'logprobs',
    never,
    { Token: { label: number; weight: number; advantage: number; old_logprob: number; reference_logprob: number } }
  >;
  export default shader;
}

declare module '*/loss/infonce.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      columns: { limit: number; slot: number; start: number };
      pitch: number;
      inverse_temperature: number;
      weight: number;
    },
    'counts' | 'positive' | 'scores' | 'dscores' | 'losses',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/l2_normalize_backward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'y' | 'norms' | 'dy' | 'dx',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/l2_normalize_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'x' | 'y' | 'norms',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/sum_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      pitch: number;
      offset: number;
      width: number;
      column: number;
      accumulate: number;
    },
    'counts' | 'state' | 'values' | 'ring',
    never,
    { StepState: { slot: number; rate: number; correction1: number; correction2: number } }
  >;
  export default shader;
}

declare module '*/loss/token_logprob.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; vocabulary: number; inverse_temperature: number },
    'counts' | 'labels' | 'logits' | 'logprobs' | 'entropies',
    never,
    object
  >;
  export default shader;
}

declare module '*/loss/triplet.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; pitch: number; margin: number; weight: number },
    'counts' | 'positive' | 'negative' | 'scores' | 'dscores' | 'losses',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/attention_backward_kv.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_end' | 'qkv' | 'lse' | 'delta' | 'dout' | 'dqkv',
    'HEAD_DIM' | 'ROWS' | 'TILE',
    object
  >;
  export default shader;
}

declare module '*/nn/attention_backward_kv_quads.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_end' | 'qkv' | 'lse' | 'delta' | 'dout' | 'dqkv',
    'HEAD_DIM' | 'VECS',
    object
  >;
  export default shader;
}

declare module '*/nn/attention_backward_q.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_start' | 'qkv' | 'out' | 'lse' | 'dout' | 'delta' | 'dqkv',
    'HEAD_DIM' | 'ROWS' | 'TILE',
    object
  >;
  export default shader;
}

declare module '*/nn/attention_backward_q_quads.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_start' | 'qkv' | 'out' | 'lse' | 'dout' | 'delta' | 'dqkv',
    'HEAD_DIM' | 'VECS',
    object
  >;
  export default shader;
}

declare module '*/nn/attention_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_start' | 'qkv' | 'out' | 'lse' | 'seq_end',
    'HEAD_DIM' | 'ROWS' | 'TILE' | 'CAUSAL',
    object
  >;
  export default shader;
}

declare module '*/nn/attention_forward_quads.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      scale: number;
    },
    'counts' | 'seq_start' | 'qkv' | 'out' | 'lse' | 'seq_end',
    'HEAD_DIM' | 'VECS' | 'CAUSAL',
    object
  >;
  export default shader;
}

declare module '*/nn/column_sum.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number },
    'counts' | 'x' | 'sums',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/embedding_backward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number; first: number; count: number },
    'counts' | 'distinct' | 'offsets' | 'order' | 'dout' | 'dtable',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/embedding_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number; first: number; count: number },
    'counts' | 'ids' | 'table' | 'out',
    'WEIGHTS' | 'BLOCK_BYTES',
    object
  >;
  export default shader;
}

declare module '*/nn/gather_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'rows' | 'x' | 'out',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/gelu_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; features: number },
    'counts' | 'x' | 'out',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/layernorm_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number; eps: number },
    'counts' | 'x' | 'residual' | 'weight' | 'bias' | 'y',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_backward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      inputs: number;
      outputs: number;
      parts: number;
      accumulate: number;
    },
    'counts' | 'dy' | 'weight' | 'x' | 'dx' | 'dw' | 'gate_up',
    'HALF' | 'LANES_Y' | 'LANES_X' | 'ROWS' | 'VECS' | 'SWIGLU',
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_quads.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      inner: { limit: number; slot: number; start: number };
      columns: number;
      a_base: number;
      a_row: number;
      a_inner: number;
      b_base: number;
      b_inner: number;
      b_column: number;
      c_base: number;
      c_row: number;
      c_part: number;
      parts: number;
      accumulate: number;
      scale: number;
      addend: number;
    },
    'counts' | 'a' | 'b' | 'addend' | 'c',
    'WEIGHTS' | 'BLOCK_BYTES' | 'HALF' | 'CONTINUE' | 'GROUPS' | 'DEPTH',
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_registers.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      inner: { limit: number; slot: number; start: number };
      columns: number;
      a_base: number;
      a_row: number;
      a_inner: number;
      b_base: number;
      b_inner: number;
      b_column: number;
      c_base: number;
      c_row: number;
      c_part: number;
      parts: number;
      accumulate: number;
      scale: number;
      addend: number;
    },
    'counts' | 'a' | 'b' | 'addend' | 'c',
    'WEIGHTS' | 'BLOCK_BYTES' | 'HALF' | 'CONTINUE',
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      inner: { limit: number; slot: number; start: number };
      columns: number;
      a_base: number;
      a_row: number;
      a_inner: number;
      b_base: number;
      b_inner: number;
      b_column: number;
      c_base: number;
      c_row: number;
      c_part: number;
      parts: number;
      accumulate: number;
      scale: number;
      addend: number;
    },
    'counts' | 'a' | 'b' | 'addend' | 'c',
    'WEIGHTS' | 'BLOCK_BYTES' | 'HALF' | 'CONTINUE' | 'ROWS',
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_swiglu.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; inputs: number; features: number },
    'counts' | 'x' | 'weight' | 'gate_up' | 'out',
    'WEIGHTS' | 'BLOCK_BYTES' | 'HALF' | 'LANES_Y' | 'LANES_X' | 'ROWS' | 'VECS',
    object
  >;
  export default shader;
}

declare module '*/nn/matmul_tiled.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      inner: { limit: number; slot: number; start: number };
      columns: number;
      a_base: number;
      a_row: number;
      a_inner: number;
      b_base: number;
      b_inner: number;
      b_column: number;
      c_base: number;
      c_row: number;
      c_part: number;
      parts: number;
      accumulate: number;
      scale: number;
      addend: number;
    },
    'counts' | 'a' | 'b' | 'addend' | 'c',
    'WEIGHTS' | 'BLOCK_BYTES' | 'HALF' | 'CONTINUE' | 'LANES_Y' | 'LANES_X' | 'ROWS' | 'VECS',
    object
  >;
  export default shader;
}

declare module '*/nn/mean_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'starts' | 'ends' | 'x' | 'out',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/rmsnorm_backward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      norm: {
        rows: { limit: number; slot: number; start: number };
        channels: number;
        group: number;
        stride: number;
        base: number;
      };
      accumulate: number;
    },
    'counts' | 'x' | 'weight' | 'rstd' | 'dy' | 'dx',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/rmsnorm_backward_weight.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      norm: {
        rows: { limit: number; slot: number; start: number };
        channels: number;
        group: number;
        stride: number;
        base: number;
      };
      accumulate: number;
    },
    'counts' | 'x' | 'weight' | 'rstd' | 'dy' | 'dx' | 'sums',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/rmsnorm_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      norm: {
        rows: { limit: number; slot: number; start: number };
        channels: number;
        group: number;
        stride: number;
        base: number;
      };
      eps: number;
    },
    'counts' | 'x' | 'weight' | 'y' | 'rstd',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/rope.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; heads: number; half: number; stride: number; sign: number },
    'counts' | 'positions' | 'table' | 'qkv',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/scatter_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'rows' | 'dout' | 'dx',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/sum_parts.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; sums: number; accumulate: number },
    'counts' | 'sums' | 'pieces' | 'out',
    never,
    { Sum: { group: number; into: number; first: number; length: number; stride: number; parts: number; cut: number } }
  >;
  export default shader;
}

declare module '*/nn/swiglu_backward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; features: number },
    'counts' | 'gate_up' | 'dout' | 'dgate_up',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/swiglu_forward.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; features: number },
    'counts' | 'gate_up' | 'out',
    never,
    object
  >;
  export default shader;
}

declare module '*/nn/unpack_weights.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; first: number; count: number },
    'counts' | 'b' | 'out',
    'WEIGHTS' | 'BLOCK_BYTES',
    object
  >;
  export default shader;
}

declare module '*/optim/adamw.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { length: number; beta1: number; beta2: number; rest1: number; rest2: number; eps: number; decay: number },
    'state' | 'clip' | 'gradients' | 'weights' | 'first' | 'second',
    never,
    { StepState: { slot: number; rate: number; correction1: number; correction2: number } }
  >;
  export default shader;
}

declare module '*/optim/clip_scale.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { blocks: number; width: number; column: number; max_norm: number },
    'state' | 'sums' | 'clip' | 'ring',
    never,
    { StepState: { slot: number; rate: number; correction1: number; correction2: number } }
  >;
  export default shader;
}

declare module '*/optim/scale_gradient.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number },
    'counts' | 'loss_scale' | 'gradient',
    never,
    { LossScale: { scale: number; good: number; skipped: number } }
  >;
  export default shader;
}

declare module '*/optim/squared_norm.wgsl' {
  const shader: import('./gpu/shader').Shader<{ length: number; first: number }, 'gradients' | 'sums', never, object>;
  export default shader;
}

declare module '*/optim/unscale.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { width: number; norm_column: number; scale_column: number; max_norm: number; interval: number },
    'state' | 'loss_scale' | 'clip' | 'ring',
    never,
    {
      StepState: { slot: number; rate: number; correction1: number; correction2: number };
      LossScale: { scale: number; good: number; skipped: number };
    }
  >;
  export default shader;
}

declare module '*/sample/attention_decode.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      heads: number;
      kv_heads: number;
      stride: number;
      pitch: number;
      scale: number;
    },
    'counts' | 'state' | 'rows' | 'prompts' | 'qkv' | 'prompt_qkv' | 'cache' | 'out',
    'HEAD_DIM',
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/sample/cache_append.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; stride: number; width: number; pitch: number },
    'counts' | 'state' | 'rows' | 'qkv' | 'cache',
    never,
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/sample/capture_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; channels: number },
    'counts' | 'state' | 'rows' | 'hidden' | 'captured' | 'emitted',
    never,
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/sample/next_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { limit: number; slot: number },
    'counts' | 'state' | 'rows' | 'next' | 'ids' | 'positions',
    never,
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/sample/sample_token.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; vocabulary: number; pitch: number },
    'counts' | 'state' | 'logits' | 'rows' | 'out_ids' | 'out_logprobs' | 'lengths' | 'out_entropies',
    'CUTS',
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/sample/sample_token_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; vocabulary: number; pitch: number },
    'counts' | 'state' | 'logits' | 'rows' | 'out_ids' | 'out_logprobs' | 'lengths' | 'out_entropies',
    never,
    {
      SamplingState: {
        t: number;
        sequences: number;
        max_tokens: number;
        stop_token: number;
        seed: number;
        stream: number;
        step: number;
        top_k: number;
        inverse_temperature: number;
        top_p: number;
      };
      Row: { id: number; position: number; sequence: number; done: number };
    }
  >;
  export default shader;
}

declare module '*/search/nearest_blocks_quads.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number; inner: number; blocks: number },
    'counts' | 'queries' | 'documents' | 'best',
    'GROUPS' | 'FOURS' | 'DEPTH',
    object
  >;
  export default shader;
}

declare module '*/search/nearest_blocks_tiled.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number; inner: number; blocks: number },
    'counts' | 'queries' | 'documents' | 'best',
    'HALF' | 'LANES_Y' | 'LANES_X' | 'ROWS' | 'VECS',
    object
  >;
  export default shader;
}

declare module '*/search/nearest_candidates.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      rows: { limit: number; slot: number; start: number };
      columns: number;
      inner: number;
      block: number;
      picked: number;
    },
    'counts' | 'queries' | 'documents' | 'blocks' | 'scores',
    never,
    object
  >;
  export default shader;
}

declare module '*/search/rank.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number; pitch: number },
    'counts' | 'wanted' | 'scores' | 'ranks',
    never,
    object
  >;
  export default shader;
}

declare module '*/search/top_k.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number; pitch: number; k: number },
    'counts' | 'scores' | 'blocks' | 'ids' | 'values',
    'BLOCK',
    object
  >;
  export default shader;
}

declare module '*/search/top_k_rows.wgsl' {
  const shader: import('./gpu/shader').Shader<
    { rows: { limit: number; slot: number; start: number }; columns: number; pitch: number; k: number },
    'counts' | 'scores' | 'blocks' | 'ids' | 'values',
    'BLOCK',
    object
  >;
  export default shader;
}

declare module '*/view/graph.wgsl' {
  const shader: import('./gpu/shader').Shader<
    {
      view: readonly number[];
      size: readonly number[];
      motion: readonly number[];
      lit: readonly number[];
      edge: readonly number[];
      accent: readonly number[];
      found: readonly number[];
      wanted: readonly number[];
      pulse: readonly number[];
      background: readonly number[];
      stroke_color: readonly number[];
      stroke_shape: readonly number[];
    },
    'before' | 'after' | 'nodes' | 'targets' | 'strokes',
    never,
    object
  >;
  export default shader;
}
