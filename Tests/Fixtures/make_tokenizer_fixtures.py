#!/usr/bin/env python3
"""Writes text/: a small WordPiece vocabulary and what Hugging Face's tokenizers make of some hundred strings.

Needs tokenizers; run it in this folder. `--strings COUNT VOCABULARY FOLDER` makes as many strings for another
vocabulary (a tokenizer.json) instead, for a comparison outside the tests.

cases.json is a list of [text, ids, offsets in Unicode scalars, both without what frames a text], pairs.json
one of [first, second, longest, strategy, ids, type ids]; cased.json is as cases.json, of a tokenizer that
keeps case and accents.
"""
import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the of and in to film graft light un ##able ##ing ##s ##ed ##er re ##ly straße strasse
über uber naïve naive 北 京 東 中 ##中 ᄒ ##ᅡ ##ᆫ ᄀ ##ᅳ й и ##и ё е ##е α ##α ω ς σ ##σ か ##か フ
👍 😀 ☃ 한 é ##é e\u0301 Å""".split()
ACCENTS = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿœßÀÉÎÕÜŠŽžłđŁİıſ\u212aÅ\u2126άΆϊΐЙйЁ"
MARKS = [chr(c) for c in range(0x300, 0x330)] + ["\u0301\u0327", "\u302e", "\u1dc4", "\u20dd"]
EMOJI = ["😀", "🤩", "👩‍👩‍👧", "🏳️‍🌈", "🇩🇪", "👍🏽", "❤️", "🫠", "☃", "©"]
CONTROLS = [chr(c) for c in range(32)] + list(
    "\x7f\x85\xa0\xad\u200b\u200d\u200e\u2028\u2029\u3000\ufeff\ufffd\ue000\u2060\u180e")
SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~–—…“”«»¿\u166d"
IDEOGRAPHS = [(0x4E00, 0xA000), (0x3400, 0x4DC0), (0x20000, 0x2A6E0), (0xF900, 0xFB00),
              (0x3040, 0x3100), (0xAC00, 0xD7A4), (0x2B820, 0x2B930)]


def vocabulary():
    letters = [c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    tokens = SPECIAL + letters + ["##" + c for c in letters] + list(SIGNS) + WORDS
    return list(dict.fromkeys(tokens))


def tokenizer(tokens, lowercase):
    result = Tokenizer(WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    result.normalizer = BertNormalizer(lowercase=lowercase)
    result.pre_tokenizer = BertPreTokenizer()
    result.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    ends = [(t, tokens.index(t)) for t in ("[CLS]", "[SEP]")]
    result.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends)
    return result


class Strings:
    def __init__(self, words, seed=7):
        self.words, self.random = words, random.Random(seed)

    def scalar(self):
        while True:
            first, end = self.random.choice([(0x80, 0x3000), (0, 0x110000), (0x20, 0x7F)])
            value = self.random.randrange(first, end)
            if not 0xD800 <= value < 0xE000:
                return chr(value)

    def some(self, choices, most):
        return "".join(self.random.choice(choices) for _ in range(self.random.randrange(1, most)))

    def piece(self):
        pick = self.random
        kind = pick.randrange(13)
        if kind < 4:
            word = pick.choice(self.words).removeprefix("##")
            return word.upper() if kind == 3 else word
        if kind == 4:
            return self.some(ACCENTS, 8)
        if kind == 5:
            return "".join(pick.choice("abcdeé") + pick.choice(MARKS) * pick.randrange(1, 3)
                           + pick.choice(MARKS) for _ in range(pick.randrange(1, 5)))
        if kind == 6:
            return "".join(chr(pick.randrange(*pick.choice(IDEOGRAPHS)))
                           for _ in range(pick.randrange(1, 6)))
        if kind == 7:
            return pick.choice(EMOJI)
        if kind == 8:
            return pick.choice(CONTROLS)
        if kind == 9:
            return self.some(SIGNS, 4)
        if kind == 10:
            count = pick.choice([5, 20, 99, 100, 101])
            return "".join(pick.choice("abcdefghijklmnop") for _ in range(count))
        if kind == 11:
            return pick.choice(SPECIAL + ["[cls]", "[ SEP ]", "[[MASK]]"])
        return "".join(self.scalar() for _ in range(pick.randrange(1, 10)))

    def text(self, most):
        gaps = ["", " ", " ", " ", "  ", "\t"]
        return "".join(self.piece() + self.random.choice(gaps)
                       for _ in range(self.random.randrange(most)))


def cases(tokenizer, strings):
    result = []
    for text in strings:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        result.append([text, encoding.ids, encoding.offsets])
    return result


def pairs(tokenizer, strings):
    result = []
    for number, (first, second) in enumerate(zip(strings[::2], strings[1::2])):
        longest, strategy = 3 + number % 17, ("longest_first", "only_second")[number % 2]
        tokenizer.enable_truncation(longest, strategy=strategy)
        try:
            encoding = tokenizer.encode(first, second)
        except Exception:  # There is nothing that could be cut.
            continue
        result.append([first, second, longest, strategy, encoding.ids, encoding.type_ids])
    tokenizer.no_truncation()
    return result


def write(file, value):
    file.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if sys.argv[1:2] == ["--strings"]:
    count, file, folder = int(sys.argv[2]), sys.argv[3], pathlib.Path(sys.argv[4])
    own = Tokenizer.from_file(file)
    own.no_truncation()
    own.no_padding()
    source = Strings(sorted(own.get_vocab(with_added_tokens=False)))
    write(folder / "cases.json", cases(own, [source.text(12) for _ in range(count)]))
else:
    folder, tokens = pathlib.Path("text"), vocabulary()
    folder.mkdir(exist_ok=True)
    uncased, source = tokenizer(tokens, True), Strings(WORDS)
    texts = [source.text(8) for _ in range(300)]
    (folder / "vocab.txt").write_text("".join(t + "\n" for t in tokens))
    uncased.save(str(folder / "tokenizer.json"), pretty=False)
    write(folder / "cases.json", cases(uncased, texts))
    write(folder / "pairs.json", pairs(uncased, texts[:120]))
    cased = tokenizer(tokens, False)
    cased.save(str(folder / "cased.tokenizer.json"), pretty=False)
    write(folder / "cased.json", cases(cased, texts[:60]))
