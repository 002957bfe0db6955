"""What both stages share: the model, its optimiser, rows of tokens, embeddings."""

import numpy as np
import torch
import torch.nn.functional as F
from peft import PeftModel
from transformers import AutoModelForCausalLM


def learning_rate(s, t):
    """Of step t, from 1: linear warm-up, then constant, or falling to 0 linearly or along a cosine."""
    if t <= s["warmup_steps"]:
        return s["learning_rate"] * t / s["warmup_steps"]
    progress = (t - s["warmup_steps"] - 1) / max(1, s["steps"] - s["warmup_steps"])
    falls = {"linear": 1 - progress, "cosine": 0.5 * (1 + np.cos(np.pi * progress)), "constant": 1.0}
    return float(s["learning_rate"] * falls[s["lr_scheduler_type"]])


def adamw(model, s):
    """Of what is trained; norms and biases, which are vectors, decay only where the session says so."""
    betas, decay = (s["adam_beta1"], s["adam_beta2"]), s["weight_decay"]
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not s.get("decay_norms", True):
        matrices, vectors = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim <= 1]
        parameters = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(parameters, lr=s["learning_rate"], betas=betas, eps=1e-8, weight_decay=decay)


def load_model(folder, adapter=None):
    """The model in `folder`, in float32; with the LoRA adapter of another folder, which alone is trained then."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model.config.use_cache = False
    if adapter is None:
        return model
    model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    head = model.get_output_embeddings()
    if not hasattr(head, "bias"):  # the wrapper of a token's own row, which TRL asks for it
        head.bias = None
    return model


def padded(rows, value, side="right"):
    """Token ids of unequal lengths as one tensor with its mask, both (n, T)."""
    width = max((len(row) for row in rows), default=1)
    fill = [[value] * (width - len(row)) for row in rows]
    ids = [list(row) + pad if side == "right" else pad + list(row) for row, pad in zip(rows, fill)]
    mask = [[1] * len(row) + [0] * len(pad) if side == "right" else [0] * len(pad) + [1] * len(row) for row, pad in zip(rows, fill)]
    return torch.tensor(ids), torch.tensor(mask)


def share(items, part, parts):
    """Every parts-th item from `part` on, as many for each part; what is repeated for that has weight 0."""
    each = -(-len(items) // parts)
    own = [part + i * parts for i in range(each)]
    return [items[i] if i < len(items) else items[0] for i in own], torch.tensor([float(i < len(items)) for i in own])


def embeddings_of(out, last):
    """The final-norm state at each sequence's position `last` (n), of length 1; (n, d)."""
    return F.normalize(out.hidden_states[-1][torch.arange(len(last), device=last.device), last].float(), dim=-1)


def token_rows(sequences, pad, part=0, parts=1):
    """Sequences of this part as tensors; `learnt` is 1 where a token is learnt."""
    own, weight = share(sequences, part, parts)
    ids, mask = padded([sequence["ids"] for sequence in own], pad)
    learnt = torch.zeros(ids.shape)
    for i, sequence in enumerate(own):
        if sequence["from"] is not None:
            learnt[i, max(1, sequence["from"]) : len(sequence["ids"])] = weight[i]
    return {"ids": ids, "mask": mask, "learnt": learnt, "weight": weight, "last": mask.sum(1) - 1}


def to_device(value, device):
    if isinstance(value, dict):
        return {key: to_device(item, device) for key, item in value.items()}
    if isinstance(value, list):
        return [to_device(item, device) for item in value]
    return value.to(device) if torch.is_tensor(value) else value
