"""Stage 1: cross-entropy of answers, KL to the start model, InfoNCE and triplet, beside replayed facts."""

import json
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from hand_over import Journals, replace_folder, whole_folder
from models import adamw, embeddings_of, learning_rate, load_model, share, to_device, token_rows
from transformers import AutoTokenizer


class Gathered(torch.autograd.Function):
    """Rows of all ranks, one after the other; a rank's gradient is the sum of what every rank asks of its rows."""

    @staticmethod
    def forward(ctx, own):
        parts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, own.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx, gradient):
        gradient = gradient.contiguous()
        dist.all_reduce(gradient)
        return gradient.chunk(dist.get_world_size())[dist.get_rank()]


class SftLoss(torch.nn.Module):
    """Stage 1's losses as one forward pass, so that DDP and FSDP see all of it. Sums of this rank over counts of all ranks."""

    def __init__(self, model, base, settings):
        super().__init__()
        self.model, self.s = model, settings
        self._no_split_modules = model._no_split_modules  # what FSDP wraps
        self.base = (base,)  # in a tuple: no part of what is trained, wrapped or saved; None where an adapter can be taken off

    def forward(self, batch):
        s, queries, documents, replay = self.s, batch["queries"], batch["documents"], batch["replay"]
        out = self.model(input_ids=queries["ids"], attention_mask=queries["mask"], output_hidden_states=True)
        learnt = queries["learnt"][:, 1:]
        losses = {"sft": self.cross_entropy(out.logits, queries) / batch["answers"]}
        if s["weight_kl"] > 0:
            base = self.base_logits(queries)[:, :-1].log_softmax(-1)
            kl = (base.exp() * (base - out.logits[:, :-1].log_softmax(-1))).sum(-1)
            losses["kl"] = (kl * learnt).sum() / batch["answers"]
        embedding = embeddings_of(out, queries["last"])
        out = self.model(input_ids=documents["ids"], attention_mask=documents["mask"], output_hidden_states=True, logits_to_keep=1)
        found, live = embeddings_of(out, documents["last"]), documents["weight"]
        if batch["world"] > 1:
            found, live = Gathered.apply(found), Gathered.apply(live)
        cosines, weight = embedding @ found.T, queries["weight"]
        scores = (cosines / s["temperature"]).masked_fill(live == 0, -torch.inf)
        nce = F.cross_entropy(scores, queries["positive"], reduction="none")
        losses["infonce"] = (nce * weight).sum() / batch["pairs"]
        positive, negative = (cosines.gather(1, queries[name][:, None])[:, 0] for name in ("positive", "negative"))
        hinge = (s["margin"] + negative - positive).clamp(min=0)
        losses["triplet"] = (hinge * weight).sum() / batch["pairs"]
        if replay is not None:
            logits = self.model(input_ids=replay["ids"], attention_mask=replay["mask"]).logits
            losses["replay"] = self.cross_entropy(logits, replay) / batch["facts"]
        triplet = s["weight_triplet"] if s["hard_negatives"] > 0 else 0
        weights = {**{name: s[f"weight_{name}"] for name in ("sft", "kl", "infonce")}, "triplet": triplet, "replay": s["replay_weight"]}
        return sum(weights[name] * loss for name, loss in losses.items()), {name: loss.detach() for name, loss in losses.items()}

    @torch.no_grad()
    def base_logits(self, rows):
        """Of the model that stage 1 began with: an adapter adds nothing there, so it is the base without it."""
        if self.base[0] is not None:
            return self.base[0](input_ids=rows["ids"], attention_mask=rows["mask"]).logits
        with self.model.disable_adapter():
            return self.model(input_ids=rows["ids"], attention_mask=rows["mask"]).logits

    @staticmethod
    def cross_entropy(logits, rows):
        losses = F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), rows["ids"][:, 1:].flatten(), reduction="none")
        return (losses * rows["learnt"][:, 1:].flatten()).sum()


def sft_batch(step, sequences, pad, rank=0, world=1):
    """A line of `batches/sft.jsonl` as this rank's share; counts are those of all ranks."""
    queries, documents, replay = (
        [sequences[row] for row in rows] for rows in ([q for q, _, _ in step["queries"]], step["documents"], step["replay"])
    )
    learnt = lambda rows: sum(len(row["ids"]) - max(1, row["from"]) for row in rows)
    each = -(-len(documents) // world)
    batch = {
        "queries": token_rows(queries, pad, rank, world),
        "documents": token_rows(documents, pad, rank, world),
        "replay": token_rows(replay, pad, rank, world) if replay else None,
        "answers": learnt(queries),
        "pairs": len(queries),
        "facts": learnt(replay),
        "world": world,
    }
    for at, name in ((1, "positive"), (2, "negative")):
        places, _ = share([pair[at] for pair in step["queries"]], rank, world)
        batch["queries"][name] = torch.tensor([place % world * each + place // world for place in places])
    return batch


def train_sft(hand, out, accelerator):
    """Stage 1. Its states lie in `states/sft`; the model it ends with in `stage-1`."""
    s, before = hand.session["sft"], hand.first_step("sft") - 1
    journals = Journals(out, accelerator.is_main_process)
    model = load_model(hand.model, hand.adapter)
    if hand.session["model"]["activations"] == "recompute":
        model.gradient_checkpointing_enable({"use_reentrant": False})
    is_kept = s["weight_kl"] > 0 and hand.adapter is None
    base = load_model(hand.model).eval().requires_grad_(False) if is_kept else None
    optimiser = adamw(model, s)
    loss_of, optimiser = accelerator.prepare(SftLoss(model, base and base.to(accelerator.device), s), optimiser)
    rank, world = accelerator.process_index, accelerator.num_processes
    states, done = out / "states" / "sft", 0
    kept = whole_folder(states)
    if kept is not None:
        done = json.loads((kept / "whole").read_text())
        accelerator.load_state(kept)
    journals.cut(before + done)
    every = hand.session["checkpoint"]["every"]
    for t in range(done + 1, s["steps"] + 1):
        since = time.perf_counter()
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(s, t)
        batch = to_device(sft_batch(hand.sft[t - 1], hand.sequences, hand.pad, rank, world), accelerator.device)
        loss, parts = loss_of(batch)
        accelerator.backward(loss * world)  # gradients are averaged over ranks, losses are summed
        norm = accelerator.clip_grad_norm_(loss_of.parameters(), s["max_grad_norm"] or float("inf"))
        optimiser.step()
        optimiser.zero_grad()
        names = ["loss", *(f"loss/{name}" for name in parts)]
        sums = accelerator.reduce(torch.stack([loss.detach(), *parts.values()]), "sum").tolist()
        step = hand.sft[t - 1]
        rows = [row for row, _, _ in step["queries"]] + step["documents"] + step["replay"]
        line = {"step": before + t, "stage": "sft", **dict(zip(names, sums)), "grad_norm": float(norm)}
        line |= {"learning_rate": learning_rate(s, t), "tokens": sum(len(hand.sequences[row]["ids"]) for row in rows), "time/step": time.perf_counter() - since}
        journals.append("metrics.jsonl", [line])
        if t == s["steps"] or (every > 0 and (before + t) % every == 0):
            save_sft(accelerator, states, t)
    weights = accelerator.get_state_dict(loss_of)
    if accelerator.is_main_process:
        weights = {name.removeprefix("model."): tensor for name, tensor in weights.items()}
        unwrapped = accelerator.unwrap_model(loss_of).model
        unwrapped.save_pretrained(out / "stage-1", state_dict=weights)
        AutoTokenizer.from_pretrained(hand.model).save_pretrained(out / "stage-1")
        (out / "stage-1" / "whole").write_text("")
    accelerator.wait_for_everyone()
    accelerator.free_memory()


def save_sft(accelerator, states, t):
    part = Path(f"{states}.part")
    accelerator.save_state(part)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        (part / "whole").write_text(str(t))
        replace_folder(part, states)
    accelerator.wait_for_everyone()
