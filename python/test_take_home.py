"""Tests that exported models are read by the programs they are for: sentence-transformers, transformers, peft."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import AutoModelForCausalLM

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
MODEL = SHARED / "models" / "stories260K"
REAL = SHARED / "models" / "smollm2-135m-instruct"
GGUF = ROOT / ".models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
LORA = SHARED / "fixtures" / "lora-llama"
TEXTS = ["Once upon a time there was a little dog", "Lily likes cake.", "the sun is very big and Tom runs home, " * 3]


def lab(*arguments):
    subprocess.run(["node", ROOT / "scripts" / "lab.mjs", *arguments], check=True, capture_output=True)


class TakeHome(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    @unittest.skipUnless(MODEL.exists(), "no reference model")
    def test_sentence_transformers_embeds_as_encode_does(self):
        texts, exported = self.folder / "texts.jsonl", self.folder / "embedder"
        texts.write_text("".join(json.dumps({"_id": str(i), "text": text}) + "\n" for i, text in enumerate(TEXTS)))
        lab("export", MODEL, "--to", "sentence-transformers", "--out", exported)
        for name, checkpoint in [("ours", MODEL), ("again", exported)]:
            lab("encode", "--checkpoint", checkpoint, "--input", texts, "--output", self.folder / f"{name}.npy")
        ours, again = np.load(self.folder / "ours.npy"), np.load(self.folder / "again.npy")
        self.assertTrue((ours == again).all())
        theirs = SentenceTransformer(str(exported), device="cpu").encode(TEXTS)
        self.assertGreaterEqual(float((ours * theirs).sum(axis=1).min()), 0.9999)

    @unittest.skipUnless(MODEL.exists(), "no reference model")
    def test_a_folder_of_sentence_transformers_embeds_here_as_it_does_there(self):
        texts, folder = self.folder / "texts.jsonl", self.folder / "theirs"
        texts.write_text("".join(json.dumps({"_id": str(i), "text": text}) + "\n" for i, text in enumerate(TEXTS)))
        transformer = Transformer(str(MODEL), max_seq_length=24)
        transformer.tokenizer.pad_token = transformer.tokenizer.eos_token
        modules = [transformer, Pooling(64, "lasttoken"), Normalize()]
        prompts = {"query": "Instruct: find a story\nQuery:", "document": "Story: "}
        SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder))
        exported = self.folder / "exported"
        lab("export", folder, "--to", "sentence-transformers", "--out", exported)
        for written in [folder, exported]:
            theirs = SentenceTransformer(str(written), device="cpu")
            for kind, vectors in [
                ("query", theirs.encode_query(TEXTS)),
                ("document", theirs.encode_document(TEXTS)),
            ]:
                output = self.folder / f"{kind}.npy"
                lab("encode", "--checkpoint", written, "--input", texts, "--output", output, "--prompt", kind)
                self.assertGreaterEqual(float((np.load(output) * vectors).sum(axis=1).min()), 0.9999)

    @unittest.skipUnless(GGUF.exists() and REAL.exists(), "npm run models has not brought it")
    def test_a_real_model_in_halves_is_off_by_the_rounding_of_its_weights_alone(self):
        exported, output = self.folder / "halves", self.folder / "logits.npy"
        lab("export", GGUF, "--to", "hf", "--dtype", "f16", "--out", exported)
        model = AutoModelForCausalLM.from_pretrained(exported, dtype=torch.float16).to(torch.float64)
        packed = load_file(REAL / "reference.safetensors")
        for case, known in enumerate(json.loads((REAL / "reference.json").read_text())["cases"]):
            ids = known["prompt_ids"]
            lab("logits", "--checkpoint", exported, "--ids", ",".join(map(str, ids)), "--output", output)
            ours = np.load(output)[-1]
            with torch.no_grad():
                theirs = model(torch.tensor([ids])).logits[0, -1].numpy()
            self.assertLess(float(np.abs(ours - theirs).max()), 1e-3)
            rounding = float(np.abs(theirs - packed[f"logits/{case}"]).max())
            self.assertLess(abs(float(np.abs(ours - packed[f"logits/{case}"]).max()) - rounding), 1e-3)
            self.assertGreater(rounding, 1e-2)

    @unittest.skipUnless(LORA.exists(), "no fixture")
    def test_a_merged_adapter_has_the_logits_that_peft_gives(self):
        merged, ids = self.folder / "merged", torch.tensor([[5, 9, 99, 3, 7]])
        lab("export", LORA, "--adapter", LORA / "adapter", "--to", "hf", "--out", merged)
        base = AutoModelForCausalLM.from_pretrained(LORA, dtype=torch.float32)
        with torch.no_grad():
            plain = base(ids).logits.clone()
            theirs = PeftModel.from_pretrained(base, LORA / "adapter").eval()(ids).logits
            ours = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32)(ids).logits
        self.assertLess(float((ours - theirs).abs().max()), 5e-5)
        self.assertGreater(float((ours - plain).abs().max()), 1e-2)

    def logits(self, base, adapter, ids):
        with torch.no_grad():
            model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
            return PeftModel.from_pretrained(model, adapter).eval()(ids).logits

    def our_logits(self, base, adapter, ids):
        output = self.folder / "logits.npy"
        text = ",".join(str(i) for i in ids[0].tolist())
        lab("logits", "--checkpoint", base, "--adapter", adapter, "--ids", text, "--output", output)
        return torch.from_numpy(np.load(output))

    @unittest.skipUnless(LORA.exists(), "no fixture")
    def test_an_adapter_written_here_has_the_same_logits_in_peft(self):
        ids = torch.tensor([[5, 9, 43, 3, 7]])
        for fixture in [LORA, LORA.parent / "lora-qwen2"]:
            written = self.folder / fixture.name
            lab("export", fixture, "--adapter", fixture / "adapter", "--to", "peft", "--out", written)
            theirs, again = self.logits(fixture, fixture / "adapter", ids), self.logits(fixture, written, ids)
            self.assertLess(float((theirs - again).abs().max()), 1e-6)
            self.assertLess(float((theirs - self.our_logits(fixture, written, ids)[None]).abs().max()), 5e-5)

    @unittest.skipUnless(LORA.exists(), "no fixture")
    def test_an_adapter_written_by_peft_has_the_same_logits_here(self):
        ids, written = torch.tensor([[5, 43, 3, 7]]), self.folder / "theirs"
        torch.manual_seed(0)
        base = AutoModelForCausalLM.from_pretrained(LORA.parent / "lora-qwen2", dtype=torch.float32)
        config = LoraConfig(
            r=4,
            lora_alpha=8,
            use_rslora=True,
            target_modules=["k_proj", "down_proj"],
            init_lora_weights=False,
            trainable_token_indices=[43],
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(base, config).eval()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "trainable_tokens_delta" in name:
                    parameter.normal_()
            theirs = model(ids).logits
        model.save_pretrained(written)
        fixture, again = LORA.parent / "lora-qwen2", self.folder / "again"
        self.assertLess(float((theirs - self.our_logits(fixture, written, ids)[None]).abs().max()), 5e-5)
        lab("export", fixture, "--adapter", written, "--to", "peft", "--out", again)
        self.assertLess(float((theirs - self.logits(fixture, again, ids)).abs().max()), 1e-5)

    @unittest.skipUnless(MODEL.exists(), "no reference model")
    def test_an_adapter_written_here_embeds_in_sentence_transformers(self):
        texts, written, exported = self.folder / "texts.jsonl", self.folder / "theirs", self.folder / "exported"
        texts.write_text("".join(json.dumps({"_id": str(i), "text": text}) + "\n" for i, text in enumerate(TEXTS)))
        torch.manual_seed(0)
        base = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
        config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
        get_peft_model(base, config).save_pretrained(written)
        lab("export", MODEL, "--adapter", written, "--to", "peft", "--out", exported)
        vectors = {}
        for name, adapter in [("adapted", ["--adapter", exported]), ("plain", [])]:
            output = self.folder / f"{name}.npy"
            lab("encode", "--checkpoint", MODEL, *adapter, "--input", texts, "--output", output)
            vectors[name] = np.load(output)
        theirs = SentenceTransformer(str(exported), device="cpu").encode(TEXTS)
        self.assertGreaterEqual(float((vectors["adapted"] * theirs).sum(axis=1).min()), 0.9999)
        self.assertLess(float((vectors["adapted"] * vectors["plain"]).sum(axis=1).max()), 0.99)


if __name__ == "__main__":
    unittest.main()
