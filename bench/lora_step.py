"""The other side of `bench/lora-beside-torch.ts`: one LoRA step of a model with torch and peft for every line of stdin.

python lora_step.py BASE ADAPTER BATCH.json: the batch is rows of token ids, each token learnt from those before it.
"""

import json
import os
import sys
import time

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

base, adapter, path = sys.argv[1:]
with open(path) as file:
    batch = json.load(file)
torch.set_num_threads(batch["threads"])
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
if batch["recompute"]:
    model.enable_input_require_grads()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
model.train()
ids = torch.tensor(batch["sequences"])
trained = [p for p in model.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(trained, lr=batch["lr"], betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
print(json.dumps({"torch": torch.__version__, "trained": sum(p.numel() for p in trained)}), flush=True)
for _ in sys.stdin:
    begun, cpu = time.perf_counter(), os.times()
    loss = model(input_ids=ids, labels=ids, use_cache=False).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimiser.step()
    optimiser.zero_grad()
    now = os.times()
    used = now.user + now.system - cpu.user - cpu.system
    print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": used, "loss": loss.item()}), flush=True)
