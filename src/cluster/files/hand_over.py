"""The folder that the lab handed over, and the journals that go back to it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from safetensors.torch import load_file


def fail(message):
    """Bad input ends the program with one sentence on stderr and exit code 2."""
    import sys

    print(message, file=sys.stderr)
    raise SystemExit(2)


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def file_hash(path):
    """SHA-256 of a file of any size."""
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 24):
            found.update(piece)
    return found.hexdigest()


class HandOver:
    """What `lab export --to accelerate` wrote: session, start model, every batch of both stages."""

    def __init__(self, folder):
        self.folder = Path(folder)
        about = self.folder / "hand-over.json"
        if not about.is_file():
            fail(f"{folder}: no hand-over.json, expected a folder that `lab export --to accelerate` wrote")
        self.about = json.loads(about.read_text(encoding="utf-8"))
        if self.about.get("kind") != "search-r3-lab/accelerate" or self.about.get("format") != 1:
            fail(f"{about}: of another kind or format, expected search-r3-lab/accelerate, format 1")
        self.model, self.adapter = self.folder / "model", None
        if self.about.get("adapter"):  # `model` is then the base, which stays as it is
            self.adapter = self.folder / "adapter"
        texts = self.folder / "teacher.safetensors"
        given = [
            (self.model / "model.safetensors", "model", "weights"),
            (self.folder / "adapter" / "adapter_model.safetensors", "adapter", "weights"),
            (texts, "teacher", "embeddings"),
        ]
        for path, key, what in given:
            if self.about.get(key) and (not path.is_file() or file_hash(path) != self.about[key]):
                fail(f"{path}: not the {what} that were handed over, expected those that hand-over.json names")
        self.session = json.loads((self.folder / "session.json").read_text(encoding="utf-8"))
        batches = self.folder / "batches"
        self.sequences = read_lines(batches / "sequences.jsonl")
        self.prompts = read_lines(batches / "prompts.jsonl")
        self.documents = read_lines(batches / "documents.jsonl")
        self.sft = read_lines(batches / "sft.jsonl")
        self.grpo = read_lines(batches / "grpo.jsonl")
        self.teacher = load_file(texts)["texts"] if self.about.get("teacher") else None
        self.embed, self.pad = self.about["embed_token_id"], self.about["pad_token_id"]

    def first_step(self, stage):
        """Of a stage, counted across all; None where it has no steps left."""
        return next((plan["firstStep"] for plan in self.about["stages"] if plan["stage"] == stage), None)


class Journals:
    """`metrics.jsonl`, `traces.jsonl`, `graph.jsonl` of a run: a line a step or several, written by one process."""

    NAMES = ("metrics.jsonl", "traces.jsonl", "graph.jsonl")

    def __init__(self, folder, is_main):
        self.folder, self.is_main = Path(folder), is_main

    def append(self, name, lines):
        if not self.is_main or not lines:
            return
        with open(self.folder / name, "a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines)

    def cut(self, step):
        """Drops what lies beyond `step`, and a last line that was cut short."""
        if not self.is_main:
            return
        for name in self.NAMES:
            path, kept = self.folder / name, []
            for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
                try:
                    if json.loads(line)["step"] > step:
                        break
                except json.JSONDecodeError:
                    break
                kept.append(line + "\n")
            replace_file(path, "".join(kept))
        positions = self.folder / "positions.bin"
        data = positions.read_bytes() if positions.exists() else b""
        documents = len(json.loads((self.folder / "graph-start.json").read_text())["neighbours"]) if data else 0
        size, end = 4 + 8 * documents, 0
        while data and end + size <= len(data) and int.from_bytes(data[end : end + 4], "little") <= step:
            end += size
        if data:
            part = self.folder / "positions.bin.part"
            part.write_bytes(data[:end])
            os.replace(part, positions)

    def start_graph(self, step, documents, degree_bound):
        """The documents without edges, which faiss does not tell."""
        if self.is_main:
            start = {"step": step, "degree_bound": degree_bound, "neighbours": [[]] * documents}
            replace_file(self.folder / "graph-start.json", json.dumps(start) + "\n")
            (self.folder / "positions.bin").unlink(missing_ok=True)

    def append_positions(self, step, positions):
        """Where the documents lie in a plane after `step`, (N, 2) float32."""
        if self.is_main:
            with open(self.folder / "positions.bin", "ab") as file:
                file.write(step.to_bytes(4, "little") + positions.astype("<f4").tobytes())


def replace_file(path, text):
    """Whole or not at all."""
    part = Path(f"{path}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def replace_folder(part, folder):
    """`part` takes the place of `folder`; a kill between the two leaves one of them whole."""
    old = Path(f"{folder}.old")
    shutil.rmtree(old, ignore_errors=True)
    if Path(folder).exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def whole_folder(folder):
    """The last whole state under this name; None where there is none."""
    for path in (Path(folder), Path(f"{folder}.old")):
        if (path / "whole").exists():
            return path
    return None
