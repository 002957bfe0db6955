"""What is taken home is read by the programs it is for: sentence-transformers, transformers, peft."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from peft import PeftModel
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import AutoModelForCausalLM

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
MODEL = SHARED / "models" / "stories260K"
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


if __name__ == "__main__":
    unittest.main()
