#!/usr/bin/env python3
"""Writes text/bpe: a small byte-level BPE vocabulary, learned from the strings of make_tokenizer_fixtures.py,
and what Hugging Face's tokenizers make of some hundred strings as RoBERTa reads them.

Needs tokenizers; run it in this folder. `--strings COUNT TOKENIZER FOLDER` makes as many strings for another
tokenizer.json instead, for a comparison outside the tests.

cases.json is a list of [text, ids, offsets in Unicode scalars, both without what frames a text]; pairs.json
one of [first, second, longest, strategy, ids, type ids]; spaced.json is as cases.json, of a tokenizer that
puts a space before each text and leaves spaces in offsets; windows.json is one of [first, second, longest,
stride, list of ids].
"""
import json
import pathlib
import random
import sys
import unicodedata

from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.processors import RobertaProcessing
from tokenizers.trainers import BpeTrainer

WORDS = """The the of and in to film graft light unable grafting it's they're I'm we've you'll he'd don't 'S 'tis
straße über naïve 北京 東 한국 й ё ω Ω 👍 ☃ Å ½ ² Ⅷ ٣ ３ 1234567 3.14 http://a.b/c?d=e foo_bar C++ #tag @me""".split()
MARKS = ["\u0301", "\u0327", "\u20dd", "\u0e31", "\u093e"]
EMOJI = ["😀", "👩‍👩‍👧", "🏳️‍🌈", "🇩🇪", "👍🏽", "❤️", "☃", "©"]
SPACES = [" ", " ", " ", "  ", "   ", "\t", "\n", "\r\n", " \n", "\n ", "\xa0", "\u2003", "\u3000", "\x85", "\x0b", "\u2028",
          "\u200b", "\ufeff", "\u180e"]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


arguments = sys.argv[1:]


class Strings:
    """Strings of words, signs, accents, ideographs, emoji, white space of all kinds and any scalars that
    Unicode 15 knows."""

    def __init__(self, seed=7):
        self.random = random.Random(seed)

    def scalar(self):
        while True:
            first, end = self.random.choice([(0x80, 0x3000), (0, 0x30000), (0x20, 0x7F)])
            value = self.random.randrange(first, end)
            if 0xD800 <= value < 0xE000 or unicodedata.category(chr(value)) == "Cn":
                continue
            return chr(value)

    def piece(self):
        pick = self.random
        kind = pick.randrange(10)
        if kind < 4:
            return pick.choice(WORDS)
        if kind == 4:
            return "".join(pick.choice("abcdeé") + pick.choice(MARKS) for _ in range(pick.randrange(1, 4)))
        if kind == 5:
            return pick.choice(EMOJI)
        if kind == 6:
            return "".join(pick.choice("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~–—…“”") for _ in range(pick.randrange(1, 4)))
        if kind == 7:
            return pick.choice(SPECIAL + ["<MASK>", "< mask>", "<mask"])
        if kind == 8:
            return chr(pick.randrange(0x4E00, 0xA000)) * pick.randrange(1, 3)
        return "".join(self.scalar() for _ in range(pick.randrange(1, 6)))

    def text(self, most):
        return "".join(self.piece() + self.random.choice(SPACES + [""] * 4)
                       for _ in range(self.random.randrange(most)))


def trained(texts, size):
    result = Tokenizer(BPE())
    result.pre_tokenizer = ByteLevel(add_prefix_space=False)
    result.decoder = ByteLevelDecoder()
    result.train_from_iterator(texts, BpeTrainer(
        vocab_size=size, initial_alphabet=ByteLevel.alphabet(), special_tokens=SPECIAL, show_progress=False))
    result.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    return result


def as_roberta(tokenizer, spaced=False):
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=spaced)
    tokenizer.post_processor = RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")), trim_offsets=not spaced,
        add_prefix_space=spaced)
    return tokenizer


def cases(tokenizer, strings):
    result = []
    for text in strings:
        encoding = tokenizer.encode(text)
        result.append([text, encoding.ids[1:-1], encoding.offsets[1:-1]])
    return result


def pairs(tokenizer, strings):
    result = []
    for number, (first, second) in enumerate(zip(strings[::2], strings[1::2])):
        longest, strategy = 6 + number % 17, ("longest_first", "only_second")[number % 2]
        tokenizer.enable_truncation(longest, strategy=strategy)
        try:
            encoding = tokenizer.encode(first, second)
        except Exception:  # There is nothing that could be cut.
            continue
        result.append([first, second, longest, strategy, encoding.ids, encoding.type_ids])
    tokenizer.no_truncation()
    return result


def windows(tokenizer):
    result = []
    question, context = "Who grafted it?", "The light of the film and the graft " * 4 + "naïve 北京 👍."
    for longest, stride in [(24, 0), (24, 5), (30, 12), (400, 128), (20, 1)]:
        tokenizer.enable_truncation(longest, stride=stride, strategy="only_second")
        encoding = tokenizer.encode(question, context)
        rows = [encoding] + encoding.overflowing
        result.append([question, context, longest, stride, [row.ids for row in rows]])
    tokenizer.no_truncation()
    return result


def write(file, value):
    file.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if arguments[:1] == ["--strings"]:
    own = Tokenizer.from_file(arguments[2])
    source = Strings(11)
    write(pathlib.Path(arguments[3]) / "cases.json", cases(own, [source.text(12) for _ in range(int(arguments[1]))]))
else:
    folder = pathlib.Path("text/bpe")
    folder.mkdir(exist_ok=True)
    source = Strings()
    own = as_roberta(trained([" ".join(WORDS)] * 3 + [source.text(8) for _ in range(200)], 400))
    texts = ["", " ", "a", " a", "a ", "  a  b ", "I'm  it's\n\n\tx", "x" * 30] + [source.text(7) for _ in range(220)]
    own.save(str(folder / "tokenizer.json"), pretty=False)
    own.model.save(str(folder))
    write(folder / "cases.json", cases(own, texts))
    write(folder / "pairs.json", pairs(own, texts[:120]))
    write(folder / "windows.json", windows(own))
    spaced = as_roberta(Tokenizer.from_file(str(folder / "tokenizer.json")), True)
    spaced.save(str(folder / "spaced.tokenizer.json"), pretty=False)
    write(folder / "spaced.json", cases(spaced, texts[:60]))
