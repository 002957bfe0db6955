"""Tests that the programs of a cluster compute what the lab computes: on reference fixtures, and on a session of the lab's."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "src" / "cluster" / "files"
FIXTURES = ROOT / "fixtures"
sys.path.insert(0, str(FILES))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from hand_over import Journals  # noqa: E402
from models import adamw, load_model  # noqa: E402
from peft import PeftModel  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from stage1 import SftPasses, learn  # noqa: E402
from stage2 import SearchGrpo, grpo_arguments  # noqa: E402

torch.set_num_threads(1)
# `lab check` and the fixtures' README hold the lab's own engine to these.
LOSS, GRADIENT, VALUE = 2e-5, 2e-4, 5e-5
# `lab` on a software adapter is what makes a run to compare with.
SESSION = {
    "task": {"entities": 8, "relations": 2, "topics": 2, "max_depth": 2, "traces_per_depth": 30},
    "model": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2},
    "pretrain": {"steps": 30, "batch_size": 16},
    "sft": {"steps": 8, "batch_size": 8, "topics_per_batch": 2, "mode": "both", "weight_kl": 0.1},
    "grpo": {"steps": 10, "batch_size": 4, "num_generations": 4, "max_completion_length": 6, "depth_weights": [1, 2], "gate": False, "warmup_steps": 2},
    "environment": {"audit_every": 0, "rank_every": 0},
    "evaluation": {"every": 0, "queries_per_depth": 4, "final_queries_per_depth": 8, "bootstrap": 0},
    "checkpoint": {"every": 4},
}


LOSSES = {"loss", "loss/sft", "loss/kl", "loss/infonce", "loss/triplet", "loss/replay", "kl", "entropy", "grad_norm", "learning_rate"}
REWARDS = {"reward", "reward_std", "frac_reward_zero_std", "emission_rate", "trace_accuracy", "refresh/reencoded", "refresh/drift_mean"}


def near(test, name, found, expected, tolerance=LOSS):
    found, expected = torch.as_tensor(found, dtype=torch.float64), torch.as_tensor(expected, dtype=torch.float64)
    worst = float(((found - expected).abs() - tolerance * expected.abs()).max())
    test.assertLessEqual(worst, tolerance, f"{name}: {found.flatten()[:4]}, expected {expected.flatten()[:4]}")


def gradients_near(test, named, reference):
    asked = {name.removeprefix("grad/"): value for name, value in reference.items() if name.startswith("grad/")}
    seen = 0
    for name, parameter in named:
        if name not in asked:
            continue
        seen += 1
        found, expected = parameter.grad if parameter.grad is not None else torch.zeros_like(parameter), asked[name]
        size = float(expected.norm())
        error = float((found - expected).norm())
        test.assertLessEqual(error, GRADIENT * size if size > 0 else 1e-6, f"grad/{name}")
    test.assertEqual(seen, len(asked))


def rows_of(ids, last, learnt=None):
    """Token ids padded with 0 on the right."""
    lengths = (ids != 0).sum(1)
    mask = (torch.arange(ids.shape[1])[None] < lengths[:, None]).long()
    learnt = torch.zeros(ids.shape) if learnt is None else learnt.float()
    return {"ids": ids.long(), "mask": mask, "learnt": learnt, "weight": torch.ones(len(ids)), "last": last.long()}


@unittest.skipUnless(FIXTURES.exists(), "no fixtures beside the repository")
class Fixtures(unittest.TestCase):
    def test_stage_1(self):
        for folder in sorted(FIXTURES.glob("stage1-*")):
            reference, about = load_file(folder / "reference.safetensors"), json.loads((folder / "reference.json").read_text())
            with tempfile.TemporaryDirectory() as base_folder:
                Path(base_folder, "config.json").write_bytes((folder / "config.json").read_bytes())
                Path(base_folder, "model.safetensors").write_bytes((folder / "base.safetensors").read_bytes())
                base = load_model(base_folder).eval()
            model = load_model(folder)
            settings = {**about, "hard_negatives": 1, "replay_weight": 0}
            learnt = reference["query_labels"] != -100
            queries = rows_of(reference["query_ids"], reference["query_embed_position"], learnt)
            for name in ("positive", "negative"):
                queries[name] = reference[name].long()
            documents = rows_of(reference["doc_ids"], reference["doc_embed_position"])
            batch = {"queries": queries, "documents": documents, "replay": None, "facts": 0}
            batch |= {"answers": int(learnt.sum()), "pairs": len(queries["ids"])}
            losses = learn(SftPasses(model, base, settings), [batch], settings)
            near(self, "loss", losses["loss"], reference["loss"][0])
            for name in ("sft", "kl", "infonce", "triplet"):
                near(self, name, losses[f"loss/{name}"], reference[f"loss_{name}"][0])
            gradients_near(self, model.named_parameters(), reference)

    def test_grpo(self):
        for folder in sorted(FIXTURES.glob("grpo-*")):
            reference, about = load_file(folder / "reference.safetensors"), json.loads((folder / "reference.json").read_text())
            with tempfile.TemporaryDirectory() as out:
                trainer, inputs = grpo_trainer(folder, reference, about, Path(out))
                loss = trainer.compute_loss(trainer.model, inputs)
                near(self, "loss", loss.detach(), reference["loss"][0])
                near(self, "kl", trainer._metrics["train"]["kl"][-1], reference["kl"][0])
                near(self, "clip_ratio", trainer._metrics["train"]["clip_ratio/region_mean"][-1], reference["clip_ratio"][0])
                loss.backward()
                gradients_near(self, trainer.model.named_parameters(), reference)

    def test_lora(self):
        for folder in sorted(FIXTURES.glob("lora-*")):
            reference, about = load_file(folder / "reference.safetensors"), json.loads((folder / "reference.json").read_text())
            model = load_model(folder, folder / "adapter")
            self.assertIsInstance(model, PeftModel)
            ids, labels = reference["input_ids"].long(), reference["labels"].long()
            rows = {"ids": ids, "learnt": (labels != -100).float()}
            optimiser = torch.optim.AdamW(
                [p for p in model.parameters() if p.requires_grad],
                lr=about["adamw"]["lr"],
                betas=(about["adamw"]["beta1"], about["adamw"]["beta2"]),
                weight_decay=about["adamw"]["weight_decay"],
            )
            for step in range(5):
                optimiser.zero_grad()
                logits = model(input_ids=ids).logits
                loss = SftPasses.cross_entropy(logits, rows) / rows["learnt"][:, 1:].sum()
                if step == 0:
                    near(self, "logits", logits.detach(), reference["logits"], VALUE)
                    near(self, "loss", loss.detach(), reference["loss"][0])
                loss.backward()
                if step == 0:
                    named = [(name.replace(".default", ""), p) for name, p in model.named_parameters()]
                    known = {name.removeprefix("grad/") for name in reference if name.startswith("grad/")}
                    asked = {n: v for n, v in reference.items() if "token_adapter" not in n and "trainable_tokens" not in n}
                    gradients_near(self, [(n, p) for n, p in named if n in known], asked)
                near(self, f"step {step}", loss.detach(), reference["adamw_losses"][step], 2e-4)
                norm = torch.nn.utils.clip_grad_norm_(model.parameters(), about["adamw"]["clip_norm"])
                near(self, f"norm {step}", norm, reference["adamw_grad_norms"][step], 2e-4)
                optimiser.step()


class Optimiser(unittest.TestCase):
    def test_norms_and_biases_decay_only_where_the_session_says_so(self):
        from transformers import Trainer

        s = {"adam_beta1": 0.9, "adam_beta2": 0.98, "weight_decay": 0.1, "learning_rate": 1e-3}
        for folder in sorted(FIXTURES.glob("lm-*")):
            model = load_model(folder)
            names = {id(p): name for name, p in model.named_parameters()}
            decayed = lambda optimiser: {
                names[id(p)] for group in optimiser.param_groups if group["weight_decay"] > 0 for p in group["params"]
            }
            self.assertEqual(decayed(adamw(model, s)), set(names.values()))
            self.assertEqual(decayed(adamw(model, s | {"decay_norms": True})), set(names.values()))
            # A tied head has two names there.
            of_transformers = set(Trainer.get_decay_parameter_names(None, model)) & set(names.values())
            self.assertEqual(decayed(adamw(model, s | {"decay_norms": False})), of_transformers)
            self.assertLess(len(of_transformers), len(names))


def grpo_trainer(folder, reference, about, out):
    """Our trainer on a fixture's model, with the fixture's completions as TRL holds them."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {f"t{i}": i for i in range(json.loads((folder / "config.json").read_text())["vocab_size"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="t1"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="t0", eos_token="t99").save_pretrained(out / "model")
    size, count = about["group_size"], len(reference["reward"])
    grpo = {"steps": 1, "batch_size": count // size, "num_generations": size, "num_iterations": 1, "learning_rate": 1e-3}
    grpo |= {"max_completion_length": 16, "temperature": 1.0, "top_p": 1.0, "top_k": 0, "beta": about["beta"]}
    grpo |= {"clip_low": about["clip_low"], "clip_high": about["clip_high"], "scale_rewards": False, "max_grad_norm": 0}
    grpo |= {"replay_weight": 0, "policy_gradient": True}
    session = {"grpo": grpo, "seed": 1, "checkpoint": {"every": 0}, "model": {"activations": "keep"}, "environment": {}}
    prompt = {"text": "t49", "ids": [49], "id": "q", "relevant": []}
    steps = [{"step": 1, "prompts": [0] * grpo["batch_size"], "replay": []}]
    hand = SimpleNamespace(session=session, folder=out, model=out / "model", adapter=None, prompts=[prompt], grpo=steps, first_step=lambda _: 1, embed=99, pad=0)
    model = load_model(folder)
    trainer = SearchGrpo(hand, out, model, grpo_arguments(session, out / "states", 1))
    rows = []
    for i in range(count):
        at = torch.nonzero(reference["completion_mask"][i]).flatten()
        rows.append((reference["input_ids"][i, : at[0]].tolist(), at))
    wide_prompt, wide = max(len(p) for p, _ in rows), max(len(at) for _, at in rows)
    inputs = {name: torch.zeros(count, wide_prompt, dtype=torch.long) for name in ("prompt_ids", "prompt_mask")}
    inputs |= {name: torch.zeros(count, wide, dtype=torch.long) for name in ("completion_ids", "completion_mask")}
    inputs |= {name: torch.zeros(count, wide) for name in ("old_per_token_logps", "ref_per_token_logps")}
    for i, (before, at) in enumerate(rows):
        inputs["prompt_ids"][i, wide_prompt - len(before) :] = torch.tensor(before)
        inputs["prompt_mask"][i, wide_prompt - len(before) :] = 1
        inputs["completion_ids"][i, : len(at)] = reference["input_ids"][i, at].long()
        inputs["completion_mask"][i, : len(at)] = 1
        inputs["old_per_token_logps"][i, : len(at)] = reference["old_logprobs"][i, at]
        inputs["ref_per_token_logps"][i, : len(at)] = reference["ref_logprobs"][i, at]
    rewards = reference["reward"].view(-1, size)
    inputs["advantages"] = (rewards - rewards.mean(1, keepdim=True)).flatten()
    inputs["num_items_in_batch"] = inputs["completion_mask"].sum()
    inputs["told"] = torch.arange(count)
    trainer.told = [{} for _ in range(count)]
    trainer.current_gradient_accumulation_steps = 1
    trainer.model.train()
    return trainer, inputs


def lab(*arguments):
    return subprocess.run(["node", "scripts/lab.mjs", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)


def lines(path, timeless=True):
    found = [json.loads(line) for line in open(path, encoding="utf-8")]
    return [{k: v for k, v in line.items() if not k.startswith("time/")} for line in found] if timeless else found


class Trained:
    """Starts `train.py` and compares what it wrote; a test's class makes `root` and what lies there."""

    @classmethod
    def made(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)

    @classmethod
    def lab(cls, *arguments):
        done = lab(*arguments)
        if "no adapter" in done.stderr.lower():
            raise unittest.SkipTest("no GPU adapter")
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def start(self, out, *arguments, processes=1, program="train.py", folder="handed"):
        launch = [sys.executable, program]
        if program != "train.py":
            launch = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--config_file", "accelerate/fsdp.yaml"]
            launch += ["--main_process_port", "0", "--num_processes", str(processes), program]
        elif processes > 1:
            launch = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--multi_gpu", "--num_machines", "1"]
            launch += ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
            launch += ["--num_processes", str(processes), "train.py"]
        environment = {**os.environ, "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
        log = open(self.root / f"{out}.log", "w")
        command = [*launch, "--folder", ".", "--out", str(self.root / out), "--processes", str(processes), *map(str, arguments)]
        return subprocess.Popen(command, cwd=self.root / folder, env=environment, stdout=log, stderr=log, start_new_session=True)

    def train(self, out, *arguments, **how):
        code = self.start(out, *arguments, **how).wait()
        self.assertEqual(code, 0, (self.root / f"{out}.log").read_text()[-3000:])

    def kill_at(self, out, at, **how):
        """Kills it, with all of its processes, once it wrote so many lines of metrics."""
        process, metrics = self.start(out, **how), self.root / out / "metrics.jsonl"
        while process.poll() is None:
            if metrics.exists() and len(metrics.read_bytes().splitlines()) >= at:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            time.sleep(0.002)

    def assert_same_bits(self, found, expected, weights, journals=Journals.NAMES):
        for name in journals:
            self.assertEqual(lines(self.root / found / name), lines(self.root / expected / name))
        for name in (f"checkpoint/{weights}", "positions.bin"):
            self.assertEqual((self.root / found / name).read_bytes(), (self.root / expected / name).read_bytes(), name)

    def assert_same_steps(self, found, expected, names):
        found, expected = ({line["step"]: line for line in rows} for rows in (found, expected))
        self.assertEqual(sorted(found), sorted(expected))
        for step, line in expected.items():
            for name in names & line.keys() & found[step].keys():
                self.assertLessEqual(abs(found[step][name] - line[name]), 1e-4 + 1e-4 * abs(line[name]), f"{step} {name}")


class Session(Trained, unittest.TestCase):
    """A session that the lab ran and that a cluster runs: the same batches, and in stage 2 the same completions."""

    @classmethod
    def setUpClass(cls):
        cls.made()
        (cls.root / "session.json").write_text(json.dumps(SESSION))
        cls.lab("run", cls.root / "session.json", "--out", cls.root / "lab")
        cls.lab("export", cls.root / "session.json", "--to", "accelerate", "--out", cls.root / "handed")

    def test_is_the_labs_step_by_step_with_one_process_and_with_two(self):
        ways = {"fixed-1": {}, "fixed-2": {"processes": 2}}
        ways["sharded"] = {"processes": 2, "program": str(ROOT / "python" / "fsdp_on_cpu.py")}
        for out, how in ways.items():
            self.train(out, "--completions", self.root / "lab" / "traces.jsonl", **how)
            self.assert_same_steps(lines(self.root / out / "metrics.jsonl"), lines(self.root / "lab" / "metrics.jsonl"), LOSSES | REWARDS)
            kinds = {"reward", "rank", "advantage"}
            ours, theirs = (lines(self.root / name / "traces.jsonl") for name in ("lab", out))
            self.assertEqual([line["ids"] for line in ours], [line["ids"] for line in theirs])
            for a, b in zip(ours, theirs):
                for kind in kinds:
                    self.assertAlmostEqual(a[kind], b[kind], 4, f"{kind} of {a['query']} in step {a['step']}")
        for module in ("LlamaDecoderLayer", "SftPasses", "LlamaForCausalLM"):
            self.assertIn(f"shards {module}", (self.root / "sharded.log").read_text())
        # In as many parts one process has the bits of two processes, so that even ties between documents are resolved alike.
        self.train("parts", "--micro-batches", 2, "--completions", self.root / "lab" / "traces.jsonl")
        self.assert_same_bits("parts", "fixed-2", "model.safetensors", journals=("traces.jsonl", "graph.jsonl"))
        self.assert_same_steps(lines(self.root / "parts" / "metrics.jsonl"), lines(self.root / "fixed-2" / "metrics.jsonl"), LOSSES | REWARDS)
        imported = lab("import", self.root / "fixed-2", "--out", self.root / "imported")
        self.assertEqual(imported.returncode, 0, imported.stderr)

    def test_goes_on_after_a_kill_at_any_moment_with_the_same_bits(self):
        for processes in (1, 2):
            whole, killed = f"whole-{processes}", f"killed-{processes}"
            self.train(whole, processes=processes)
            for at in (31 + random.randrange(8), 40 + random.randrange(8)):
                self.kill_at(killed, at, processes=processes)
            self.train(killed, processes=processes)
            self.assert_same_bits(killed, whole, "model.safetensors")

    def test_configurations_are_accelerates(self):
        from accelerate.commands.config.config_args import load_config_from_file

        for path in sorted((self.root / "handed" / "accelerate").glob("*.yaml")):
            self.assertIn(load_config_from_file(str(path)).distributed_type, ("NO", "MULTI_GPU", "FSDP"), path.name)


class FromABase(Trained, unittest.TestCase):
    """Sessions that start from a base, as the lab ran them and as a cluster runs them."""

    ADAPTER = ["rank=4", "alpha=8", "rslora=true", "targets=q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj", "embed_token=<|embed_token|>"]
    WAYS = {"adapter": [f"model.adapter.{setting}" for setting in ADAPTER] + ["model.activations=recompute"], "whole": []}

    @classmethod
    def setUpClass(cls):
        cls.made()
        # A base that emits the embed token: stage 0 and some of stage 1.
        stages = {"pretrain": {**SESSION["pretrain"], "steps": 60}, "sft": {**SESSION["sft"], "steps": 60, "weight_kl": 0}, "grpo": {"steps": 0}}
        base = {**SESSION, **stages, "checkpoint": {"every": 0}}
        cls.write("base.json", base)
        cls.lab("run", cls.root / "base.json", "--out", cls.root / "base")
        session = {name: SESSION[name] for name in SESSION if name not in ("model", "pretrain")}
        cls.write("session.json", {**session, "grpo": {**session["grpo"], "learning_rate": 0.002}})
        cls.base = ["--base", cls.root / "base" / "checkpoint"]
        for name, settings in cls.WAYS.items():
            cls.hand_over(name, cls.base, settings)

    @classmethod
    def write(cls, name, session):
        (cls.root / name).write_text(json.dumps(session))

    @classmethod
    def hand_over(cls, name, base, settings):
        asked = [word for setting in [*settings, "model.max_position_embeddings=64"] for word in ("--set", setting)]
        cls.lab("run", cls.root / "session.json", *base, *asked, "--out", cls.root / f"{name}-lab")
        cls.lab("export", cls.root / "session.json", *base, *asked, "--to", "accelerate", "--out", cls.root / name)

    def assert_is_the_labs(self, name, out):
        """Compares every step and the completions with those of the lab's run."""
        ours, theirs = self.root / f"{name}-lab", self.root / out
        self.assert_same_steps(lines(theirs / "metrics.jsonl"), lines(ours / "metrics.jsonl"), LOSSES | REWARDS)
        self.assertEqual([line["ids"] for line in lines(ours / "traces.jsonl")], [line["ids"] for line in lines(theirs / "traces.jsonl")])

    def completions(self, name):
        return "--completions", self.root / f"{name}-lab" / "traces.jsonl"

    def test_are_the_labs_step_by_step_and_come_back(self):
        for name in self.WAYS:
            self.train(f"{name}-1", *self.completions(name), folder=name)
            self.assert_is_the_labs(name, f"{name}-1")
            self.assertGreater(max(line.get("reward", 0) for line in lines(self.root / f"{name}-1" / "metrics.jsonl")), 0)
            again = self.root / f"{name}-again"
            self.lab("import", self.root / f"{name}-1", *self.base, "--out", again)
            ours, theirs = (json.loads((folder / "evaluation.json").read_text()) for folder in (self.root / f"{name}-lab", again))
            for split in ours:
                for arm in ours[split]:
                    found, expected = (evaluation[split][arm]["ndcg_cut_10"] for evaluation in (theirs, ours))
                    self.assertAlmostEqual(found, expected, 4, f"{name} {split} {arm}")
            other = lab("import", self.root / f"{name}-1", "--base", ROOT.parent / "shared" / "models" / "stories260K", "--out", self.root / "none")
            self.assertNotEqual(other.returncode, 0)
            self.assertFalse((self.root / "none").exists())
        frozen = load_file(self.root / "adapter" / "model" / "model.safetensors")
        base = load_file(self.root / "base" / "checkpoint" / "model.safetensors")
        for tensor in base:
            self.assertTrue(torch.equal(frozen[tensor], base[tensor]), tensor)

    def test_an_adapter_on_two_processes_copied_and_sharded(self):
        for out, program in (("adapter-2", "train.py"), ("adapter-fsdp", str(ROOT / "python" / "fsdp_on_cpu.py"))):
            self.train(out, *self.completions("adapter"), folder="adapter", processes=2, program=program)
            self.assert_is_the_labs("adapter", out)

    def test_an_adapter_goes_on_after_a_kill_with_the_same_bits(self):
        self.train("kept", folder="adapter")
        for at in (1 + random.randrange(8), 9 + random.randrange(8)):
            self.kill_at("cut", at, folder="adapter")
        self.train("cut", folder="adapter")
        self.assert_same_bits("cut", "kept", "adapter_model.safetensors")

    @unittest.skipUnless((ROOT.parent / "shared" / "models" / "stories260K").exists(), "no reference model")
    def test_a_base_of_another_make_gets_the_embed_token(self):
        base, settings = ["--base", ROOT.parent / "shared" / "models" / "stories260K"], self.WAYS["adapter"]
        words = json.loads((self.root / "session.json").read_text())
        self.write("session.json", {**words, "grpo": {**words["grpo"], "steps": 5, "max_completion_length": 24}})
        self.hand_over("stories", base, [*settings, "model.max_position_embeddings=128"])
        self.train("stories-1", *self.completions("stories"), folder="stories")
        self.assert_is_the_labs("stories", "stories-1")

    def test_is_refused_where_the_base_was_changed(self):
        changed = self.root / "changed"
        shutil.copytree(self.root / "adapter", changed)
        weights = changed / "adapter" / "adapter_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
        self.assertEqual(self.start("refused", folder="changed").wait(), 2)
        self.assertIn("not the weights that were handed over", (self.root / "refused.log").read_text())
        self.assertFalse((self.root / "refused").exists())


def small_embedder(folder, words):
    """A tiny `bert` encoder of sentence-transformers, of random weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    vocabulary = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words])}
    torch.manual_seed(1)
    config = BertConfig(vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, initializer_range=0.5)
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab=vocabulary).save_pretrained(folder / "bert")
    encoder = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[encoder, Pooling(32), Normalize()], device="cpu").save(str(folder / "embedder"))
    return folder / "embedder"


class Taught(Trained, unittest.TestCase):
    """Stage 1 on a person's documents that learns an embedder's ranking, as the lab runs it and as a cluster does."""

    SET = [
        *("model.hidden_size=16", "model.intermediate_size=32", "model.num_hidden_layers=1", "model.num_attention_heads=2"),
        *("model.num_key_value_heads=2", "task.vocabulary=320", "sft.steps=6", "sft.batch_size=8", "sft.mode=both", "sft.weight_distil=2"),
        *("evaluation.every=0", "evaluation.bootstrap=0", "checkpoint.every=2"),
    ]

    @classmethod
    def setUpClass(cls):
        cls.made()
        words = "wing lift drag flow heat shock layer plate speed mach body cone tube nozzle flutter panel".split()
        draw = random.Random(1)
        (cls.root / "documents").mkdir()
        rows = [
            {"_id": f"d{i}", "title": " ".join(draw.sample(words, 3)) + f" number {i}", "text": " ".join(draw.choices(words, k=40))}
            for i in range(40)
        ]
        (cls.root / "documents" / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        cls.teacher = small_embedder(cls.root, words)
        asked = [word for setting in cls.SET for word in ("--set", setting)]
        asked += ["--data", cls.root / "documents", "--teacher", cls.teacher]
        cls.lab("run", "text", *asked, "--out", cls.root / "lab")
        cls.lab("export", "text", "--to", "accelerate", *asked, "--out", cls.root / "handed")

    def test_is_the_labs_step_by_step_with_one_process_and_with_two(self):
        theirs = lines(self.root / "lab" / "metrics.jsonl")
        self.assertTrue(all(line["loss/distil"] > 0 for line in theirs if line["stage"] == "sft"))
        for out, how in {"one": {}, "two": {"processes": 2}}.items():
            self.train(out, **how)
            self.assert_same_steps(lines(self.root / out / "metrics.jsonl"), theirs, LOSSES | {"loss/distil"})
        self.train("parts", "--micro-batches", 3)
        self.assert_same_steps(lines(self.root / "parts" / "metrics.jsonl"), theirs, LOSSES | {"loss/distil"})
        self.lab("import", self.root / "one", "--data", self.root / "documents", "--out", self.root / "imported")

    def test_is_refused_where_the_teachers_embeddings_were_changed(self):
        shutil.copytree(self.root / "handed", self.root / "changed")
        texts = self.root / "changed" / "teacher.safetensors"
        texts.write_bytes(texts.read_bytes()[:-4] + b"\0\0\0\1")
        self.assertEqual(self.start("refused", folder="changed").wait(), 2)
        self.assertIn("not the embeddings that were handed over", (self.root / "refused.log").read_text())


def fits(test, value, kind, where):
    """Checks a manifest by Kubernetes' own types: no unknown field, none missing, none of another type."""
    from kubernetes.client import models

    if kind.startswith("list["):
        for i, item in enumerate(value):
            fits(test, item, kind[5:-1], f"{where}[{i}]")
    model = getattr(models, kind, None)
    if model is not None:
        names = {written: name for name, written in model.attribute_map.items()}
        test.assertEqual(set(value) - set(names), set(), where)
        for key, item in value.items():
            fits(test, item, model.openapi_types[names[key]], f"{where}.{key}")
        model(**{names[key]: item for key, item in value.items()})


class Schedulers(unittest.TestCase):
    def test_jobs_are_of_kubernetes_types(self):
        try:
            import kubernetes  # noqa: F401
            import yaml
        except ImportError:
            raise unittest.SkipTest("no kubernetes package") from None
        for name in ("kubernetes.yaml", "sweep-kubernetes.yaml"):
            job = yaml.safe_load((FILES / name).read_text())
            self.assertEqual((job["apiVersion"], job["kind"]), ("batch/v1", "Job"))
            fits(self, job, "V1Job", name)
        with self.assertRaises(AssertionError):
            fits(self, {**job, "spek": {}}, "V1Job", name)

    def test_slurm_knows_every_option_and_the_shell_every_line(self):
        number, name = r"\d+", r"[\w%.-]+"
        # The options of sbatch(1) that are in use.
        options = {"job-name": name, "nodes": number, "ntasks": number, "ntasks-per-node": number, "output": name}
        options |= {"gpus-per-node": number, "cpus-per-task": number, "time": r"\d+:\d\d:\d\d", "signal": r"[A-Z0-9]+@\d+"}
        options |= {"requeue": None, "open-mode": "append|truncate", "array": r"\d+-\d+(%\d+)?"}
        for file in ("slurm.sh", "sweep-slurm.sh"):
            text = (FILES / file).read_text()
            checked = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
            self.assertEqual((checked.returncode, checked.stderr), (0, ""), file)
            head = [line for line in text.splitlines() if line.startswith("#SBATCH")]
            self.assertGreater(len(head), 5)
            # After the first command sbatch reads no more of them.
            self.assertLess(text.rindex("#SBATCH"), text.index("set -euo"))
            for line in head:
                found = re.fullmatch(r"#SBATCH --([a-z-]+)(?:=(\S+))?", line)
                self.assertIsNotNone(found, line)
                self.assertIn(found[1], options, line)
                wanted = options[found[1]]
                self.assertTrue(found[2] is None if wanted is None else re.fullmatch(wanted, found[2] or ""), line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
