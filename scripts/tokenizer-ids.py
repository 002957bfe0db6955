"""Writes src/formats/tokenizer-json/ids.json: for every component of a tokenizer.json the ids that Python's `tokenizers` makes of
texts that tell implementations apart. Run where the package is installed: python scripts/tokenizer-ids.py

Rows without a model of their own use a BPE of single characters whose last one in a piece ends in "</w>": ids then show
exactly where pieces end. The test builds it from `characters`, as this script does.
"""
import json
import os
import sys
import unicodedata

import tokenizers
from tokenizers import Tokenizer

TEXTS = [
    "",
    " ",
    "café naïve Ünïcode",
    "cat concat ca cat's CA",
    "Hello, world!  Two  spaces\tand tab",
    "  leading and trailing  ",
    "I'll don't WE'RE it's 's",
    "x=(12345):\n\n  y = 3.14e-7;\r\n",
    "日本語のテキスト 中文字符。한국어",
    "Привет мир ΣΑΣ ς İstanbul ſ K",
    "a\u00a0b\u2003c\u0085d\ufeffe\u200bf\u200dg",
    "emoji 👩‍👩‍👧 🇩🇪 ✊🏽",
    "e\u0301 \u1e69 \u0958 ﬁ Ⅷ ² ½ ٣ ४",
    "<s>[MASK] the [MASK] <extra> ca, <pad>x",
    "snake_case $5 + 3% a^b `c` ~d|e<f>",
    "tail<|end|>  <|end|>\n",
    "ab▁c ▁▁d \u2581",
    "A\u0000B\u0001C\u00adD\ufffdE",
    "ÀÉÎ õ ȷ Straße ǅ",
    "1 22 333 4444 a1b2",
    "ক\u09be \u0488 का",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
DEEPSEEK = r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"

BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
META = {"type": "Metaspace", "replacement": "▁"}


def split(regex, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def literal(text, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"String": text}, "behavior": behavior, "invert": invert}


def pre(*parts):
    return {"pre_tokenizer": parts[0] if len(parts) == 1 else {"type": "Sequence", "pretokenizers": list(parts)}}


def norm(*parts):
    return {"normalizer": parts[0] if len(parts) == 1 else {"type": "Sequence", "normalizers": list(parts)}}


def added(*tokens):
    base = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return {"added_tokens": [{**base, **token} for token in tokens]}


def template(before, after):
    name = lambda token: {"SpecialToken": {"id": token, "type_id": 0}}
    a = {"Sequence": {"id": "A", "type_id": 0}}
    return {"type": "TemplateProcessing", "single": [*map(name, before), a, *map(name, after)], "pair": [a, a],
            "special_tokens": {t: {"id": t, "ids": [ID[t]], "tokens": [t]} for t in [*before, *after]}}


def rows(first):
    """`first` is the id that the first added token gets."""
    global ID
    ID = {"<s>": 0, "</s>": 1}
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    for form in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "ByteLevel"]:
        yield f"normalizer {form}", norm({"type": form})
    yield "normalizer NFD, StripAccents, Lowercase", norm({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"})
    for left in [True, False]:
        for right in [True, False]:
            yield f"normalizer Strip {left} {right}", norm({"type": "Strip", "strip_left": left, "strip_right": right})
    yield "normalizer Prepend", norm({"type": "Prepend", "prepend": "▁"})
    yield "normalizer Replace text", norm({"type": "Replace", "pattern": {"String": " "}, "content": "▁"})
    yield "normalizer Replace $", norm({"type": "Replace", "pattern": {"String": "$5"}, "content": "$&"})
    yield "normalizer Replace regex", norm({"type": "Replace", "pattern": {"Regex": r"\s{2,}|\d+$"}, "content": "_"})
    yield "normalizer Bert", norm(bert)
    for key, value in [("clean_text", False), ("handle_chinese_chars", False), ("strip_accents", False), ("lowercase", False)]:
        yield f"normalizer Bert {key} {value}", norm({**bert, key: value})
    yield "normalizer Bert accents without case", norm({**bert, "strip_accents": True, "lowercase": False})

    for prefix in [True, False]:
        for regex in [True, False]:
            yield f"pre-tokenizer ByteLevel {prefix} {regex}", pre({**BYTES, "add_prefix_space": prefix, "use_regex": regex})
    for kind in ["Whitespace", "WhitespaceSplit", "BertPreTokenizer"]:
        yield f"pre-tokenizer {kind}", pre({"type": kind})
    for behavior in ["Removed", "Isolated", "Contiguous", "MergedWithPrevious", "MergedWithNext"]:
        yield f"pre-tokenizer Punctuation {behavior}", pre({"type": "Punctuation", "behavior": behavior})
        for invert in [True, False]:
            yield f"pre-tokenizer Split {behavior} {invert}", pre(split(r"\w+", behavior, invert))
            yield f"pre-tokenizer Split text {behavior} {invert}", pre(literal(" ", behavior, invert))
    for each in [True, False]:
        yield f"pre-tokenizer Digits {each}", pre({"type": "Digits", "individual_digits": each})
    yield "pre-tokenizer CharDelimiterSplit", pre({"type": "CharDelimiterSplit", "delimiter": "a"})
    yield "pre-tokenizer FixedLength", pre({"type": "FixedLength", "length": 3})
    for scheme in ["always", "first", "never"]:
        for cut in [True, False]:
            part = {**META, "prepend_scheme": scheme, "split": cut}
            yield f"pre-tokenizer Metaspace {scheme} {cut}", {**pre(part), **added({"id": first, "content": "ca", "special": True})}
    yield "pre-tokenizer WhitespaceSplit, Metaspace", pre({"type": "WhitespaceSplit"}, {**META, "prepend_scheme": "always", "split": True})
    for name, regex in [("GPT-2", GPT2), ("Llama 3", LLAMA3), ("Qwen 2", QWEN2), ("o200k", O200K), ("Bloom", BLOOM), ("DeepSeek", DEEPSEEK),
                        ("digits from the right", r"\d{1,3}(?=(?:\d{3})*\b)"), ("classes", r"[[:alpha:]]+|[^\S\n]+|\h"),
                        ("lines", r"^.+$"), ("possessive", r"\p{L}++|(?>\d+)\s?"), ("words", r"\b\w\B|\W+")]:
        yield f"pre-tokenizer Split {name}", pre(split(regex))
    yield "pre-tokenizer Split Qwen 2, ByteLevel", pre(split(QWEN2), BYTES)
    yield "pre-tokenizer Digits, ByteLevel", pre({"type": "Digits", "individual_digits": True}, {**BYTES, "use_regex": True})
    yield "pre-tokenizer Punctuation, Digits, WhitespaceSplit", pre({"type": "Punctuation", "behavior": "Contiguous"},
                                                                   {"type": "Digits", "individual_digits": False}, {"type": "WhitespaceSplit"})

    for special in [True, False]:
        for normalized in [True, False]:
            for flag in ["none", "single_word", "lstrip", "rstrip"]:
                one = {"id": first, "content": "ca", "special": special, "normalized": normalized}
                two = {"id": first + 1, "content": "<|end|>", "special": special, "normalized": normalized}
                tokens = added({**one, flag: True} if flag != "none" else one, {**two, flag: True} if flag != "none" else two)
                yield f"added tokens {special} {normalized} {flag}", {**norm({"type": "Lowercase"}), **pre({"type": "Whitespace"}), **tokens}
    yield "added tokens, one inside another", {**pre({"type": "WhitespaceSplit"}), **added(
        {"id": first, "content": "ca"}, {"id": first + 1, "content": "cat"}, {"id": first + 2, "content": "at"})}
    yield "added tokens of the vocabulary", added({"id": 0, "content": "<s>", "special": True}, {"id": 1, "content": "</s>", "special": True})
    yield "added tokens normalized away", {**norm({"type": "Lowercase"}), **added({"id": first, "content": "CAT", "normalized": True})}

    for name, before, after in [("before", ["<s>"], []), ("after", [], ["</s>"]), ("both", ["<s>"], ["</s>", "</s>"])]:
        yield f"post-processor Template {name}", {"post_processor": template(before, after)}
    for kind in ["BertProcessing", "RobertaProcessing"]:
        part = {"type": kind, "sep": ["</s>", 1], "cls": ["<s>", 0]}
        if kind == "RobertaProcessing":
            part.update(trim_offsets=True, add_prefix_space=True)
        yield f"post-processor {kind}", {"post_processor": part}
    yield "post-processor ByteLevel, Template", {"post_processor": {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}, template(["<s>"], ["</s>"])]}}

    byte = {"decoder": {**BYTES, "use_regex": True}}
    yield "decoder ByteLevel", {**pre({**BYTES, "use_regex": True}), **byte, **added({"id": first, "content": "ca x"})}
    for scheme in ["always", "first", "never"]:
        yield f"decoder Metaspace {scheme}", {**pre({**META, "prepend_scheme": scheme, "split": True}),
                                             "decoder": {**META, "prepend_scheme": scheme, "split": True}}
    yield "decoder BPE", {**pre({"type": "WhitespaceSplit"}), "decoder": {"type": "BPEDecoder", "suffix": "</w>"}}
    for clean in [True, False]:
        yield f"decoder WordPiece {clean}", {**pre({"type": "WhitespaceSplit"}), "decoder": {"type": "WordPiece", "prefix": "a", "cleanup": clean}}
    yield "decoder Replace, Fuse, Strip", {"decoder": {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "</w>"}, "content": "  "}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
    # Python panics where it is to strip the end of nothing.
    yield "decoder Strip", {"decoder": {"type": "Strip", "content": "a", "start": 0, "stop": 1}}
    yield "decoder Replace regex", {"decoder": {"type": "Replace", "pattern": {"Regex": "[a-e]"}, "content": "$1"}}

    words = ["[UNK]", "the", "cat", "ca", "##t", "##fe", "hello", ",", "world", "!", "two", "##s", "tail", "日", "##本", "x"]
    vocab = {word: at for at, word in enumerate(words)}
    lower = norm({"type": "Lowercase"})
    yield "model WordLevel", {**lower, **pre({"type": "Whitespace"}), "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "[UNK]"}}
    yield "model WordPiece", {**lower, **pre({"type": "BertPreTokenizer"}), "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
                              "model": {"type": "WordPiece", "vocab": vocab, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                                        "max_input_chars_per_word": 5}}
    letters = ["<unk>", *"acetx", "at", "cat", "ca", "t", "te", "ex", "ext", "▁", "▁t", *[f"<0x{b:02X}>" for b in range(256)]]
    letters = list(dict.fromkeys(letters))
    merges = [["a", "t"], ["c", "at"], ["c", "a"], ["e", "x"], ["ex", "t"], ["t", "e"], ["▁", "t"]]
    base = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": {t: i for i, t in enumerate(letters)}, "merges": merges}
    for name, extra in [("without unknown", {}), ("unknown", {"unk_token": "<unk>"}), ("unknown fused", {"unk_token": "<unk>", "fuse_unk": True}),
                        ("bytes", {"byte_fallback": True}), ("bytes and unknown", {"byte_fallback": True, "unk_token": "<unk>", "fuse_unk": True}),
                        ("whole", {"ignore_merges": True, "unk_token": "<unk>"}), ("no dropout", {"dropout": 0.0}),
                        ("merges as lines", {"merges": [" ".join(pair) for pair in merges], "unk_token": "<unk>"})]:
        yield f"model BPE {name}", {**pre(META), "decoder": {"type": "Sequence", "decoders": [
            {"type": "ByteFallback"}, {"type": "Fuse"}]}, "model": {**base, **extra}}
    hole = {t: i + (5 if i > 100 else 0) for i, t in enumerate(letters)}
    yield "model BPE with a hole", {**added({"id": len(letters), "content": "<pad>"}), "model": {**base, "vocab": hole, "byte_fallback": True}}
    prefixed = ["<unk>", "c", "##a", "##t", "ca", "cat", "a", "at", "##at"]
    yield "model BPE prefix", {**pre({"type": "WhitespaceSplit"}), "model": {**base, "unk_token": "<unk>", "continuing_subword_prefix": "##",
        "vocab": {t: i for i, t in enumerate(prefixed)}, "merges": [["c", "##a"], ["##a", "##t"], ["ca", "##t"], ["a", "##t"]]}}
    pieces = [["<unk>", 0.0], ["▁", -2.0], ["▁c", -2.5], ["at", -2.2], ["a", -3.0], ["t", -3.1], ["cat", -4.0], ["c", -3.5], ["e", -3.3],
              ["▁the", -2.7], ["th", -3.2], ["日本", -5.0], ["s", -3.0], ["ss", -6.0]]
    for fallback in [False, True]:
        vocabulary = pieces + [[f"<0x{b:02X}>", -9.0] for b in range(256)] if fallback else pieces
        yield f"model Unigram {fallback}", {**pre(META), "decoder": META, "model": {"type": "Unigram", "unk_id": 0, "vocab": vocabulary, "byte_fallback": fallback}}


def main():
    characters = sorted(set("".join(
        form for text in TEXTS for form in [text, text.lower(), *(unicodedata.normalize(f, text) for f in ["NFC", "NFD", "NFKC", "NFKD"])])))
    characters += [c for c in map(chr, [*range(33, 127), *range(161, 384), 0x2581]) if c not in characters]
    characters = sorted(characters)
    vocab = {"<s>": 0, "</s>": 1, "<unk>": 2}
    for c in characters:
        vocab[c] = len(vocab)
    for c in characters:
        vocab[c + "</w>"] = len(vocab)
    shared = {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": "</w>",
              "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": []}
    found = []
    for name, parts in rows(len(vocab)):
        file = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
                "post_processor": None, "decoder": None, "model": shared, **parts}
        tokenizer = Tokenizer.from_str(json.dumps(file))
        ids = [tokenizer.encode(text).ids for text in TEXTS]
        row = {"name": name, "parts": parts, "ids": ids}
        if "decoder" in parts:
            row["decoded"] = [tokenizer.decode(one, skip_special_tokens=False) for one in ids]
        found.append(row)
    out = os.path.join(os.path.dirname(__file__), "..", "src", "formats", "tokenizer-json", "ids.json")
    with open(sys.argv[1] if len(sys.argv) > 1 else out, "w", encoding="utf-8") as file:
        head = {"made_by": f"tokenizers {tokenizers.__version__}", "texts": TEXTS, "characters": "".join(characters)}
        file.write(json.dumps(head, ensure_ascii=True)[:-1] + ', "rows": [\n')
        file.write(",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in found))
        file.write("\n]}\n")
    print(f"{len(found)} components, {len(TEXTS)} texts")


main()
