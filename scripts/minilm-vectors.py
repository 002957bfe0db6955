"""Writes src/formats/bert/minilm.json: the ids and vectors that sentence-transformers computes for texts, in float64, with the
folder that `npm run models` brings. Run from the repository's root: .python/bin/python scripts/minilm-vectors.py"""

import json
import pathlib

import sentence_transformers
from sentence_transformers import SentenceTransformer

ROOT = pathlib.Path(__file__).parent.parent
SENTENCE = "The lift of a wing in a propeller slipstream depends on the ratio of velocities . "
TEXTS = [
    "",
    "wing",
    "What similarity laws must be obeyed when constructing aeroelastic models of heated high speed aircraft?",
    "Ångström, naïve café, Œuvre; ÉCOLE İstanbul ﬁne",
    "混合 text 日本語 with한국어 words, emoji 🙂 and\tcontrol\u0000\u200bcharacters\r\n",
    "pneumonoultramicroscopicsilicovolcanoconiosis " + "x" * 101 + " (a+b)^2 = a^2 + 2ab + b^2 $5.00~",
    "It ends in [SEP]",
    SENTENCE * 7,
    SENTENCE * 60,
]

model = SentenceTransformer(str(ROOT / ".models/all-MiniLM-L6-v2"), device="cpu").double()
ids = [model.tokenize([text])["input_ids"][0].tolist() for text in TEXTS]
vectors = [model.encode(text).tolist() for text in TEXTS]
fixture = {
    "about": f"sentence-transformers {sentence_transformers.__version__}, float64",
    "limit": model.max_seq_length,
    "texts": [
        {"text": text, "ids": row, "vector": [float(f"{value:.6g}") for value in vector]}
        for text, row, vector in zip(TEXTS, ids, vectors)
    ],
}
target = ROOT / "src/formats/bert/minilm.json"
target.write_text(json.dumps(fixture, ensure_ascii=True, separators=(",", ":")) + "\n")
print(target, [len(row) for row in ids])
