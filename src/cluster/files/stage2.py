"""Stage 2: TRL's GRPO, rewarded by what completions find in an index of the documents that follows the model."""

from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from datasets import Dataset
from document_index import DocumentIndex, best_rank, dcg_reward
from hand_over import Journals, fail
from models import adamw, embeddings_of, learning_rate, load_model, padded, share, to_device, token_rows
from safetensors.numpy import load_file, save_file
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoTokenizer, GenerationConfig, PrinterCallback
from trl import GRPOConfig, GRPOTrainer
from trl.trainer import grpo_trainer

ENCODED_AT_ONCE = 64
# TRL deals the rows of an update out to its parts at random. In order, one process's parts are what as many ranks have.
grpo_trainer.shuffle_sequence_dict = lambda rows: rows


class SearchGrpo(GRPOTrainer):
    """TRL's GRPO, with the lab's learning rate, its replay of facts, and a reward that searches documents."""

    def __init__(self, hand, out, model, arguments, recorded=None, **options):
        self.hand, self.out, self.s, self.recorded = hand, Path(out), hand.session["grpo"], recorded
        self.before, self.documents, self.restored = hand.first_step("grpo") - 1, None, None
        self.line, self.losses, self.sums, self.told = {}, [], 0, []
        rows = [(step["step"], row) for step in hand.grpo for row in step["prompts"]]
        data = Dataset.from_list([{"prompt": hand.prompts[row]["text"], "row": row, "lab_step": t} for t, row in rows])
        tokenizer = AutoTokenizer.from_pretrained(hand.model)
        tokenizer.eos_token, tokenizer.pad_token = tokenizer.convert_ids_to_tokens([hand.embed, hand.pad])
        super().__init__(model, reward_funcs=[self.reward], args=arguments, train_dataset=data, processing_class=tokenizer, **options)
        if hand.adapter is not None:  # FSDP would take a tied head with a token's own row for one that is not tied
            self.model.get_input_embeddings = self.model.get_output_embeddings = lambda: None
        # The reference is the model that the stage begins with. TRL copies its adapter, but for the row of a token.
        for name, parameter in self.model.named_parameters():
            if name.endswith("trainable_tokens_delta.ref"):
                parameter.data.copy_(self.model.get_parameter(name.replace(".ref", ".default")).data)

    def create_optimizer(self, model=None):
        self.optimizer = adamw(model or self.model, self.s)
        return self.optimizer

    def create_scheduler(self, num_training_steps, optimizer=None):
        rate = lambda done: learning_rate(self.s, done // self.num_iterations + 1) / self.s["learning_rate"]
        self.lr_scheduler = LambdaLR(optimizer or self.optimizer, rate)
        return self.lr_scheduler

    def _tokenize_prompts(self, prompts):
        ids = {prompt["text"]: prompt["ids"] for prompt in self.hand.prompts}
        return [ids[text] for text in prompts], None, {}

    def _generate_single_turn(self, prompt_ids, *rest, **options):
        if self.recorded is None:
            return super()._generate_single_turn(prompt_ids, *rest, **options)
        t, first = self.state.global_step // self.num_iterations + 1, self.accelerator.process_index * len(prompt_ids)
        return self.recorded[t][first : first + len(prompt_ids)], None

    @torch.no_grad()
    def embed(self, rows, size):
        """Embeddings of token sequences by the model as it is, (n, d), `size` at once; every rank encodes all that it is given."""
        was_training = self.model.training
        self.model.eval()
        parts = []
        for start in range(0, len(rows), size):
            ids, mask = (tensor.to(self.accelerator.device) for tensor in padded(rows[start : start + size], self.hand.pad))
            out = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True, logits_to_keep=1)
            parts.append(embeddings_of(out, mask.sum(1) - 1))
        self.model.train(was_training)
        return torch.cat(parts)

    def encode(self, rows):
        """Documents by the model as it is, (n, d), 64 at once: each rank encodes some of these batches, all get all of them."""
        rank, world = self.accelerator.process_index, self.accelerator.num_processes
        batches = [rows[start : start + ENCODED_AT_ONCE] for start in range(0, len(rows), ENCODED_AT_ONCE)]
        found = []
        for batch in share(batches, rank, world)[0]:
            own = self.embed([self.hand.documents[row] for row in batch], ENCODED_AT_ONCE)
            found.append(self.accelerator.gather(F.pad(own, (0, 0, 0, ENCODED_AT_ONCE - len(own)))))
        # In turns of all ranks: a turn's batches stand in the order of the ranks.
        return torch.cat(found).cpu().numpy()[: len(rows)]

    def prepare_documents(self):
        self.documents = DocumentIndex(len(self.hand.documents), self.hand.session["environment"], self.s["reward_k"], self.encode)
        if self.restored is not None:
            self.documents.restore(load_file(self.restored))
        else:
            self.journals.start_graph(self.before, len(self.hand.documents), self.hand.session["environment"]["M"])
            self.journals.append_positions(self.before, self.documents.positions)

    def reward(self, prompts, completion_ids, row, lab_step, log_metric, **_):
        """DCG of the documents that each completion's embedding finds; 0 without the embed token."""
        if self.documents is None:
            self.prepare_documents()
        t, embed = int(lab_step[0]), self.hand.embed
        asked = [self.hand.prompts[i] for i in row]
        size = self.args.per_device_train_batch_size
        own = self.embed([prompt["ids"] + list(ids) for prompt, ids in zip(asked, completion_ids)], size)
        emitted = torch.tensor([float(ids[-1] == embed) for ids in completion_ids], device=own.device)
        all_emitted = self.accelerator.gather(emitted).cpu().numpy() > 0
        all_rows = self.accelerator.gather(torch.tensor(row, device=own.device)).tolist()
        queries = self.accelerator.gather(own.contiguous()).cpu().numpy()
        relevant = [self.hand.prompts[i]["relevant"] for i in all_rows]
        searched = np.flatnonzero(all_emitted)
        rankings, record = self.documents.refresh(t, queries[searched], [relevant[i] for i in searched])
        rewards, ranks = np.zeros(len(all_rows)), np.zeros(len(all_rows), dtype=int)
        for i, ranking in zip(searched, rankings):
            rewards[i] = dcg_reward(ranking, relevant[i], self.s["reward_k"])
            ranks[i] = best_rank(ranking[: self.s["reward_k"]], relevant[i])
        emission = float(all_emitted.mean())
        right = torch.tensor([float(list(ids) == prompt["answer"]) for prompt, ids in zip(asked, completion_ids)], device=own.device)
        self.line = {
            "reward_std": float(rewards.reshape(-1, self.num_generations).std(axis=1, ddof=1).mean()),
            "completions/clipped_ratio": 1 - emission,
            "emission_rate": emission,
            "trace_accuracy": float(self.accelerator.gather(right).mean()),
            **self.documents.metrics(record, t),
        }
        self.note(t, all_rows, searched, relevant, record)
        first = self.accelerator.process_index * len(row)
        self.told = [
            {"query": prompt["id"], "completion": (first + i) % self.num_generations, "ids": list(ids), "reward": float(rewards[first + i]), "rank": int(ranks[first + i])}
            for i, (prompt, ids) in enumerate(zip(asked, completion_ids))
        ]
        return [float(reward) for reward in rewards[first : first + len(row)]]

    def note(self, t, rows, searched, relevant, record):
        """The step's line of `graph.jsonl`: without paths and edges, which faiss does not tell."""
        searches = [
            {
                "query": self.hand.prompts[rows[i]]["id"],
                "completion": int(i) % self.num_generations,
                "path": [],
                "found": [int(document) for document in record["after"][n][: self.s["reward_k"]]],
                "wanted": [document for document, grade in relevant[i] if grade > 0],
                "rank_before": best_rank(record["before"][n], relevant[i]),
                "rank_after": best_rank(record["after"][n], relevant[i]),
            }
            for n, i in enumerate(searched[:8])
        ]
        line = {"step": self.before + t, "reencoded": record["reencoded"], "added": [], "removed": [], "compensated": record["compensated"]}
        self.journals.append("graph.jsonl", [{**line, "searches": searches, "recall": None, "reward_error": None}])
        self.journals.append_positions(self.before + t, self.documents.positions)

    def _generate_and_score_completions(self, inputs):
        out = super()._generate_and_score_completions(inputs)
        out["told"] = torch.arange(len(inputs), device=out["advantages"].device)
        if not self.s["policy_gradient"]:
            out["advantages"] = torch.zeros_like(out["advantages"])
        return out

    def _get_per_token_logps_and_entropies(self, model, ids, mask, count, batch_size=None, **options):
        """TRL's, without the columns that no row of a part has a token in: a part has one shape, whoever computes it."""
        parts, width = [], ids.shape[1]
        for start in range(0, len(ids), batch_size or len(ids)):
            rows = slice(start, start + (batch_size or len(ids)))
            used = torch.nonzero(mask[rows].any(0)).flatten()
            first, end = int(used[0]), int(used[-1]) + 1
            own = ids[rows, first:end], mask[rows, first:end], count - (width - end)
            logps, entropies, _ = super()._get_per_token_logps_and_entropies(model, *own, **options)
            parts.append([None if found is None else F.pad(found, (0, width - end)) for found in (logps, entropies)])
        self.last = [None if found[0] is None else torch.cat(found) for found in zip(*parts)]
        return *self.last, None

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        told = inputs.pop("told")
        loss = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        logps, entropies = self.last
        for i, row in enumerate(told.tolist()):
            count = int(inputs["completion_mask"][i].sum())
            self.told[row]["logprobs"] = logps[i, :count].tolist()
            self.told[row]["entropies"] = entropies[i, :count].tolist()
            self.told[row]["advantage"] = float(inputs["advantages"][i])
        mask, reference = inputs["completion_mask"], inputs.get("ref_per_token_logps")
        apart = torch.zeros_like(logps) if reference is None else reference - logps
        self.sums = self.sums + torch.stack([((apart.exp() - apart - 1) * mask).sum(), (entropies * mask).sum(), mask.sum()]).detach()
        if self.s["replay_weight"] > 0:
            replay = self.replay_loss(model)
            found = float(self.accelerator.reduce(replay.detach(), "mean"))
            self.line["loss/replay"] = found + (self.line["loss/replay"] if len(self.losses) > 0 else 0)
            loss = loss + self.s["replay_weight"] * replay
        self.losses.append(loss.detach())
        return loss

    def replay_loss(self, model):
        """Cross-entropy of this part's replayed facts; times the ranks, because gradients are averaged over them."""
        step = self.hand.grpo[self.state.global_step // self.num_iterations]
        world, micro_batches = self.accelerator.num_processes, self.args.gradient_accumulation_steps
        part = self.accelerator.process_index * micro_batches + self._step % micro_batches
        sequences = [self.hand.sequences[row] for row in step["replay"]]
        rows = to_device(token_rows(sequences, self.hand.pad, part, world * micro_batches), self.accelerator.device)
        logps, _, _ = super()._get_per_token_logps_and_entropies(model, rows["ids"], rows["mask"], rows["ids"].shape[1] - 1)
        count = sum(len(sequence["ids"]) - max(1, sequence["from"]) for sequence in sequences)
        return -(logps * rows["learnt"][:, 1:]).sum() / count * world

    KEPT = {"reward", "frac_reward_zero_std", "clip_ratio/low_mean", "clip_ratio/high_mean"}
    KEPT |= {"completions/mean_length", "completions/max_length", "grad_norm"}

    def log(self, logs, start_time=None):
        super().log(logs, start_time)
        if "grad_norm" not in logs or self.state.global_step % self.num_iterations != 0:
            return
        t = self.state.global_step // self.num_iterations
        loss = float(self.accelerator.reduce(torch.stack(self.losses).sum(), "mean"))
        kept = {name: value for name, value in logs.items() if name in self.KEPT and value is not None}
        kl, entropy, count = self.accelerator.reduce(self.sums, "sum").tolist()
        line = {"step": self.before + t, "stage": "grpo", "loss": loss, **kept, **self.line}
        line |= {"entropy": entropy / count, **({"kl": kl / count} if self.beta > 0 else {})}
        line |= {"learning_rate": learning_rate(self.s, t), "time/step": logs.get("step_time", 0.0)}
        self.journals.append("metrics.jsonl", [line])
        parts = [self.told]
        if self.accelerator.num_processes > 1:
            parts = [None] * self.accelerator.num_processes
            dist.all_gather_object(parts, self.told)
        decode = lambda ids: self.processing_class.decode(ids)
        traces = [{"step": self.before + t, **told, "text": decode(told["ids"])} for part in parts for told in part]
        self.journals.append("traces.jsonl", traces)

    def training_step(self, model, inputs, num_items_in_batch=None):
        if self._step % self.args.gradient_accumulation_steps == 0:
            self.losses, self.sums = [], 0
        return super().training_step(model, inputs, num_items_in_batch)

    def create_model_card(self, *_, **__):
        pass

    def _save_checkpoint(self, model, trial):
        super()._save_checkpoint(model, trial)
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            save_file(self.documents.state(), folder / "documents.safetensors")
            (folder / "whole").write_text(str(self.state.global_step))
        self.accelerator.wait_for_everyone()


def grpo_arguments(session, states, world, micro_batches=1):
    """TRL's settings under which its loss is the lab's; each stands here because its default is another."""
    s = session["grpo"]
    rows = s["batch_size"] * s["num_generations"]
    if rows % (world * micro_batches) != 0:
        fail(f"stage 2: {rows} completions a step on {world} processes in {micro_batches} parts, expected a number that they share out evenly")
    every = session["checkpoint"]["every"] or s["steps"]
    return GRPOConfig(
        output_dir=str(states),
        per_device_train_batch_size=rows // world // micro_batches,
        gradient_accumulation_steps=micro_batches,
        steps_per_generation=micro_batches,
        max_steps=s["steps"] * s["num_iterations"],
        num_generations=s["num_generations"],
        num_iterations=s["num_iterations"],
        max_completion_length=s["max_completion_length"],
        temperature=s["temperature"],
        top_p=s["top_p"],
        top_k=s["top_k"],
        beta=s["beta"],
        epsilon=s["clip_low"],
        epsilon_high=s["clip_high"],
        loss_type="dapo",
        scale_rewards="group" if s["scale_rewards"] else "none",
        importance_sampling_level="token",
        use_bias_correction_kl=False,
        mask_truncated_completions=False,
        max_grad_norm=s["max_grad_norm"] or 1e9,
        learning_rate=s["learning_rate"],
        gradient_checkpointing=session["model"]["activations"] == "recompute",
        bf16=False,
        shuffle_dataset=False,
        logging_steps=1,
        save_strategy="steps",
        save_steps=every * s["num_iterations"],
        seed=session["seed"] & 0x7FFFFFFF,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_drop_last=True,
    )


def train_grpo(hand, out, start, world, micro_batches, recorded):
    """Stage 2. Its states lie in `states/grpo/checkpoint-N`; the model it ends with in `checkpoint`."""
    states = out / "states" / "grpo"
    whole = sorted(states.glob("checkpoint-*/whole"), key=lambda path: int(path.read_text()))
    last = whole[-1].parent if whole else None
    done = int(whole[-1].read_text()) if whole else 0
    arguments = grpo_arguments(hand.session, states, world, micro_batches)
    is_finished = done >= arguments.max_steps
    if is_finished:  # it would take one step too many
        start = last
    model = load_model(start) if hand.adapter is None else load_model(hand.model, start)
    model.generation_config = GenerationConfig(eos_token_id=[hand.embed], pad_token_id=hand.pad)
    trainer = SearchGrpo(hand, out, model, arguments, recorded)
    trainer.journals = Journals(out, trainer.accelerator.is_main_process)
    trainer.journals.cut(trainer.before + done // hand.session["grpo"]["num_iterations"])
    if not is_finished:
        trainer.restored = last and last / "documents.safetensors"
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=last and str(last))
    if "ref" in getattr(trainer.model, "peft_config", {}):
        trainer.model.delete_adapter("ref")
    trainer.save_model(str(out / "checkpoint"))
    return trainer
