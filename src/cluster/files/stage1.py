"""Stage 1: cross-entropy of answers, KL to the start model, InfoNCE, triplet and a teacher's ranking, beside replayed facts."""

import json
import time
from contextlib import nullcontext
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from hand_over import Journals, replace_folder, whole_folder
from models import adamw, embeddings_of, learning_rate, load_model, share, to_device, token_rows
from transformers import AutoTokenizer


class SftPasses(torch.nn.Module):
    """The forward passes of a part of a batch in one module, so that DDP and FSDP see all of them."""

    def __init__(self, model, base, settings):
        super().__init__()
        self.model, self.s = model, settings
        self._no_split_modules = model._no_split_modules  # what FSDP wraps
        self.base = (base,)  # in a tuple: no part of what is trained, wrapped or saved; None where an adapter can be taken off

    def forward(self, part, with_words=True):
        """Losses of what is written, sums of this part over counts of all; embeddings of its queries and documents, (n, d)."""
        queries, documents, replay, losses = part["queries"], part["documents"], part["replay"], {}
        out = self.model(input_ids=queries["ids"], attention_mask=queries["mask"], output_hidden_states=True)
        if with_words:
            losses["sft"] = self.cross_entropy(out.logits, queries) / part["answers"]
            if self.s["weight_kl"] > 0:
                base = self.base_logits(queries)[:, :-1].log_softmax(-1)
                kl = (base.exp() * (base - out.logits[:, :-1].log_softmax(-1))).sum(-1)
                losses["kl"] = (kl * queries["learnt"][:, 1:]).sum() / part["answers"]
        embedding = embeddings_of(out, queries["last"])
        out = self.model(input_ids=documents["ids"], attention_mask=documents["mask"], output_hidden_states=True, logits_to_keep=1)
        found = embeddings_of(out, documents["last"])
        if with_words and replay is not None:
            logits = self.model(input_ids=replay["ids"], attention_mask=replay["mask"]).logits
            losses["replay"] = self.cross_entropy(logits, replay) / part["facts"]
        return losses, embedding, found

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


def contrastive(embedding, found, live, part, s):
    """InfoNCE over the documents of all parts, triplet, and KL to a teacher's ranking: sums of this part over the count of all queries."""
    queries, cosines = part["queries"], embedding @ found.T
    scores = (cosines / s["temperature"]).masked_fill(live == 0, -torch.inf)
    nce = F.cross_entropy(scores, queries["positive"], reduction="none")
    positive, negative = (cosines.gather(1, queries[name][:, None])[:, 0] for name in ("positive", "negative"))
    hinge = (s["margin"] + negative - positive).clamp(min=0)
    losses = {"infonce": nce, "triplet": hinge}
    if "teacher" in queries:
        theirs = (queries["teacher"] / s["teacher_temperature"]).masked_fill(live == 0, -torch.inf).log_softmax(-1)
        differences = (theirs - scores.log_softmax(-1)).masked_fill(live == 0, 0)
        losses["distil"] = (theirs.exp() * differences).sum(-1)
    return {name: (loss * queries["weight"]).sum() / part["pairs"] for name, loss in losses.items()}


def loss_weights(s):
    triplet = s["weight_triplet"] if s["hard_negatives"] > 0 else 0
    distil = s.get("weight_distil", 0)  # what the fixtures were made with knows no teacher
    return {**{name: s[f"weight_{name}"] for name in ("sft", "kl", "infonce")}, "distil": distil, "triplet": triplet, "replay": s["replay_weight"]}


def all_ranks(own):
    """Rows of all ranks, one after the other."""
    if not dist.is_initialized():
        return own
    parts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, own.contiguous())
    return torch.cat(parts)


def contrastive_gradients(embedded, parts, s):
    """Of the contrastive losses by every embedding of this rank's parts; documents are compared with all ranks' queries."""
    found = all_ranks(torch.cat([documents.detach() for _, documents in embedded]))
    live = all_ranks(torch.cat([part["documents"]["weight"] for part in parts]))
    weights, losses, by_query, by_document = loss_weights(s), {}, [], torch.zeros_like(found)
    for (queries, _), part in zip(embedded, parts):
        leaves = queries.detach().requires_grad_(), found.detach().requires_grad_()
        own = contrastive(*leaves, live, part, s)
        of_queries, of_documents = torch.autograd.grad(sum(weights[name] * loss for name, loss in own.items()), leaves)
        by_query.append(of_queries)
        by_document += of_documents
        losses = {name: losses.get(name, 0) + loss.detach() for name, loss in own.items()}
    if dist.is_initialized():
        dist.all_reduce(by_document)
        by_document = by_document.chunk(dist.get_world_size())[dist.get_rank()]
    return list(zip(by_query, by_document.chunk(len(parts)))), losses


def learn(passes, parts, s, accelerator=None):
    """
    Adds to the gradients, a part at a time, so that one part's activations are there at once. The contrastive losses see all
    parts: embeddings come first, without gradients, then what is asked of each. @returns the losses of this rank's parts.
    """
    weights, losses, asked = loss_weights(s), {}, None
    if len(parts) > 1:
        with torch.no_grad():
            embedded = [passes(part, with_words=False)[1:] for part in parts]
        asked, losses = contrastive_gradients(embedded, parts, s)
    for i, part in enumerate(parts):
        is_last = i == len(parts) - 1
        with nullcontext() if accelerator is None or is_last else accelerator.no_sync(passes):
            words, queries, documents = passes(part)
            if asked is None:
                asked, losses = contrastive_gradients([(queries, documents)], parts, s)
            by_query, by_document = asked[i]
            loss = sum(weights[name] * loss for name, loss in words.items())
            loss = loss + (queries * by_query).sum() + (documents * by_document).sum()
            if accelerator is None:
                loss.backward()
            else:  # gradients are averaged over ranks, losses are summed
                accelerator.backward(loss * accelerator.num_processes)
        losses |= {name: losses.get(name, 0) + loss.detach() for name, loss in words.items()}
    return {"loss": sum(weights[name] * loss for name, loss in losses.items()), **{f"loss/{name}": loss for name, loss in losses.items()}}


def sft_part(step, sequences, pad, part=0, parts=1, teacher=None):
    """A part of a line of `batches/sft.jsonl`; counts are those of all parts. `teacher` holds embeddings of its texts (n, d)."""
    queries, documents, replay = (
        [sequences[row] for row in rows] for rows in ([q for q, _, _ in step["queries"]], step["documents"], step["replay"])
    )
    learnt = lambda rows: sum(len(row["ids"]) - max(1, row["from"]) for row in rows)
    each = -(-len(documents) // parts)
    batch = {
        "queries": token_rows(queries, pad, part, parts),
        "documents": token_rows(documents, pad, part, parts),
        "replay": token_rows(replay, pad, part, parts) if replay else None,
        "answers": learnt(queries),
        "pairs": len(queries),
        "facts": learnt(replay),
    }
    for at, name in ((1, "positive"), (2, "negative")):
        places, _ = share([pair[at] for pair in step["queries"]], part, parts)
        batch["queries"][name] = torch.tensor([place % parts * each + place // parts for place in places])
    if teacher is not None:
        asked, _ = share(step["taught"]["queries"], part, parts)
        # Columns in the order in which the parts' documents are put together.
        found = [row for place in range(parts) for row in share(step["taught"]["documents"], place, parts)[0]]
        batch["queries"]["teacher"] = teacher[asked] @ teacher[found].T
    return batch


def train_sft(hand, out, accelerator, micro_batches):
    """Stage 1. Its states lie in `states/sft`; the model it ends with in `stage-1`."""
    s, before = hand.session["sft"], hand.first_step("sft") - 1
    journals = Journals(out, accelerator.is_main_process)
    model = load_model(hand.model, hand.adapter)
    if hand.session["model"]["activations"] == "recompute":
        model.gradient_checkpointing_enable({"use_reentrant": False})
    is_kept = s["weight_kl"] > 0 and hand.adapter is None
    base = load_model(hand.model).eval().requires_grad_(False) if is_kept else None
    optimiser = adamw(model, s)
    passes, optimiser = accelerator.prepare(SftPasses(model, base and base.to(accelerator.device), s), optimiser)
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
        step = hand.sft[t - 1]
        places = range(rank * micro_batches, (rank + 1) * micro_batches)
        parts = [sft_part(step, hand.sequences, hand.pad, place, world * micro_batches, hand.teacher) for place in places]
        losses = learn(passes, to_device(parts, accelerator.device), s, accelerator)
        norm = accelerator.clip_grad_norm_(passes.parameters(), s["max_grad_norm"] or float("inf"))
        optimiser.step()
        optimiser.zero_grad()
        sums = accelerator.reduce(torch.stack(list(losses.values())), "sum").tolist()
        rows = [row for row, _, _ in step["queries"]] + step["documents"] + step["replay"]
        line = {"step": before + t, "stage": "sft", **dict(zip(losses, sums)), "grad_norm": float(norm)}
        line |= {"learning_rate": learning_rate(s, t), "tokens": sum(len(hand.sequences[row]["ids"]) for row in rows), "time/step": time.perf_counter() - since}
        journals.append("metrics.jsonl", [line])
        if t == s["steps"] or (every > 0 and (before + t) % every == 0):
            save_sft(accelerator, states, t)
    weights = accelerator.get_state_dict(passes)
    if accelerator.is_main_process:
        weights = {name.removeprefix("model."): tensor for name, tensor in weights.items()}
        unwrapped = accelerator.unwrap_model(passes).model
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
