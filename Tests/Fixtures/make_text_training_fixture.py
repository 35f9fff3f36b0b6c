#!/usr/bin/env python3
"""Writes language/training.json: what three steps of plain gradient descent make of the tiny BERT in
language/bert with a linear head on the mean of its states, and of a frozen one, computed by transformers
in double precision.

Needs torch, transformers and safetensors; run it in this folder after make_language_fixtures.py.

The vocabulary is [PAD], [UNK], [CLS], [SEP], [MASK], the letters a to z and ##a to ##f: 37 tokens.
"""
import json
import pathlib

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [chr(97 + i) for i in range(26)] + [
    "##" + chr(97 + i) for i in range(6)]
TEXTS = [("b a d", 0), ("g o o d f i l m", 1), ("x y", 0), ("w o w", 1), ("n o", 0), ("q u i t e n i c e s", 1)]
RATE = 0.05


def network():
    model = BertModel(BertConfig(
        vocab_size=37, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=12, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        attn_implementation="eager"))
    weights = load_file("language/bert/weights.safetensors")
    model.load_state_dict({name.removeprefix("bert."): value for name, value in weights.items()})
    return model.double()


def tokens(text):
    ids = [TOKENS.index(word) for word in text.split()]
    return [2] + ids[:10] + [3]


rows = [tokens(text) for text, _ in TEXTS]
ids = torch.tensor([row + [0] * (12 - len(row)) for row in rows])
mask = torch.tensor([[1] * len(row) + [0] * (12 - len(row)) for row in rows])
labels = torch.tensor([label for _, label in TEXTS])
kernel = [[((3 * i + 5 * j) % 7 - 3) / 10 for j in range(2)] for i in range(16)]
result = dict(tokens=TOKENS, texts=[text for text, _ in TEXTS], labels=labels.tolist(), kernel=kernel)
for name, frozen in [("all", []), ("frozen", ["embeddings", "encoder", "pooler"]),
                     ("last", ["embeddings", "encoder.layer.0", "pooler"])]:
    model = network().train()
    weight = torch.tensor(kernel, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(2, dtype=torch.double, requires_grad=True)
    trained = [p for n, p in model.named_parameters() if not any(n.startswith(f) for f in frozen)]
    optimizer = torch.optim.SGD(trained + [weight, bias], RATE)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        states = model(input_ids=ids, attention_mask=mask).last_hidden_state
        kept = mask[..., None].double()
        pooled = (states * kept).sum(1) / kept.sum(1)
        loss = torch.nn.functional.cross_entropy(pooled @ weight + bias, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    result[name] = dict(
        losses=losses, head=weight.detach().flatten().tolist(),
        word=model.embeddings.word_embeddings.weight[8].tolist(),
        query=model.encoder.layer[1].attention.self.query.weight[0].tolist())
pathlib.Path("language/training.json").write_text(json.dumps(result) + "\n")
print({name: result[name]["losses"] for name in ("all", "frozen", "last")})
