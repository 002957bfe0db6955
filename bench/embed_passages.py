"""Embeds sequences of token ids for `bench/adapted-run.ts`: the final state of the last token, normalised to length 1.

python embed_passages.py MODEL IDS.json OUT.f32: rows of little-endian f32 in the order of the sequences.
"""

import json
import sys

import torch
import torch.nn.functional as F
from transformers import AutoModel

model = AutoModel.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
with open(sys.argv[2]) as file:
    sequences = json.load(file)
rows = torch.empty(len(sequences), model.config.hidden_size)
# Sequences of similar length go together, so that little is padded.
order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
with torch.inference_mode():
    for begin in range(0, len(order), 8):
        chunk = order[begin : begin + 8]
        width = max(len(sequences[i]) for i in chunk)
        ids = torch.tensor([sequences[i] + [0] * (width - len(sequences[i])) for i in chunk])
        mask = torch.tensor([[1] * len(sequences[i]) + [0] * (width - len(sequences[i])) for i in chunk])
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
        last = states[torch.arange(len(chunk)), mask.sum(1) - 1]
        rows[chunk] = F.normalize(last.float(), dim=-1)
        print(f"{begin + len(chunk)}/{len(order)}", file=sys.stderr, flush=True)
rows.numpy().tofile(sys.argv[3])
