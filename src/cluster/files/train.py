"""Stages 1 and 2 of Search-R3 on a cluster: `accelerate launch train.py`, in the folder that the lab handed over.

Stage 1 learns from five losses: cross-entropy of answers, KL to the start model, InfoNCE, triplet, KL to a teacher's ranking. Stage 2 is TRL's GRPO; its
reward searches an index of the documents that follows the model. Batches are those that the lab would have drawn.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

import torch.distributed as dist
from accelerate import Accelerator
from hand_over import HandOver, fail, file_hash, read_lines, replace_file
from stage1 import train_sft
from stage2 import train_grpo
from transformers.trainer_utils import set_seed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=os.path.dirname(os.path.abspath(__file__)), help="what the lab handed over")
    parser.add_argument("--out", help="where the run goes (default: FOLDER/run); an interrupted one goes on")
    parser.add_argument("--processes", type=int, help="how many must be there, or nothing is begun")
    parser.add_argument("--micro-batches", type=int, help="parts that a process computes an update in (default: the session's)")
    parser.add_argument("--completions", help="a traces.jsonl whose completions are taken instead of sampled ones")
    args = parser.parse_args()
    hand = HandOver(args.folder)
    micro_batches = args.micro_batches or hand.session["model"].get("micro_batches", 1)
    out = Path(args.out or hand.folder / "run")
    set_seed(hand.session["seed"] & 0x7FFFFFFF)
    accelerator = Accelerator()
    if args.processes is not None and accelerator.num_processes != args.processes:
        fail(f"--processes: {accelerator.num_processes} found each other, expected {args.processes}")
    if accelerator.is_main_process:
        out.mkdir(parents=True, exist_ok=True)
        begun = out / "hand-over.json"
        if begun.exists() and json.loads(begun.read_text()) != hand.about:
            fail(f"{out}: a run of another hand-over, expected an empty folder or one of this session")
        replace_file(begun, json.dumps(hand.about, indent=2) + "\n")
        replace_file(out / "session.json", json.dumps(hand.session, indent=2) + "\n")
        before = hand.folder / "before" / "metrics.jsonl"
        if before.exists() and not (out / "metrics.jsonl").exists():
            shutil.copy(before, out / "metrics.jsonl")
    accelerator.wait_for_everyone()
    start = hand.adapter or hand.model
    if hand.first_step("sft") is not None:
        if not (out / "stage-1" / "whole").exists():
            train_sft(hand, out, accelerator, micro_batches)
        start = out / "stage-1"
    recorded = None
    if args.completions is not None:
        recorded = {}
        for line in read_lines(args.completions):
            recorded.setdefault(line["step"] - hand.first_step("grpo") + 1, []).append(line["ids"])
    if hand.first_step("grpo") is not None:
        train_grpo(hand, out, start, accelerator.num_processes, micro_batches, recorded)
    elif accelerator.is_main_process:
        shutil.copytree(start, out / "checkpoint", dirs_exist_ok=True)
    accelerator.wait_for_everyone()
    if accelerator.is_main_process:
        name = "adapter_model" if (out / "checkpoint" / "adapter_config.json").exists() else "model"
        last = hand.about["stages"][-1]
        done = {"model": file_hash(out / "checkpoint" / f"{name}.safetensors"), "step": last["firstStep"] + last["steps"] - 1}
        replace_file(out / "done.json", json.dumps({**done, "processes": accelerator.num_processes}, indent=2) + "\n")
    if accelerator.num_processes > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
