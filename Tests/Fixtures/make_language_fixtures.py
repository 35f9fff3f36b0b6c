#!/usr/bin/env python3
"""Writes language/NAME for tiny BERT, RoBERTa and DistilBERT: weights, inputs with padding, what
transformers computes at every layer, and the gradients of all parameters.

Needs torch, transformers, safetensors and numpy; run it in this folder. `--model FOLDER OUTPUT` makes the
same of a real model (its config.json and weights), 4 sentences of up to 48 tokens, for
graft-language-parity.

Weights are single precision; transformers computes in double precision, and what it computes is rounded
once. golden.safetensors holds the inputs; act.embeddings, act.layer.N (zero at padding), act.mean,
act.first and act.pooler; the upstream.X by which mean, first and pooler are multiplied and summed to a loss;
and grad.NAME, the loss's gradients.
"""
import json
import pathlib
import shutil
import sys

import numpy
import torch
from safetensors.numpy import save_file
from transformers import (AutoModel, BertConfig, BertModel, DistilBertConfig, DistilBertModel,
                          RobertaConfig, RobertaModel)

SIZES = dict(vocab_size=37, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
             intermediate_size=24, max_position_embeddings=12)
PLAIN = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager")


def models():
    yield "bert", "bert.", BertModel(BertConfig(**SIZES, **PLAIN))
    yield "roberta", "", RobertaModel(RobertaConfig(
        **(SIZES | dict(max_position_embeddings=14)), **PLAIN, type_vocab_size=1,
        layer_norm_eps=1e-5, pad_token_id=1))
    yield "distilbert", "distilbert.", DistilBertModel(DistilBertConfig(
        vocab_size=37, dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=12,
        dropout=0.0, attention_dropout=0.0, attn_implementation="eager"))


def single(tensor):
    return numpy.ascontiguousarray(tensor.detach().numpy(), dtype=numpy.float32)


def write(folder, prefix, model, lengths, length):
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    weights = {prefix + n: single(p) for n, p in model.named_parameters()}
    model.double()
    count = len(lengths)
    mask = torch.tensor([[int(t < n) for t in range(length)] for n in lengths])
    pad = model.config.pad_token_id or 0
    ids = torch.randint(2, model.config.vocab_size, (count, length)) * mask + pad * (1 - mask)
    types = (torch.arange(length)[None] >= torch.tensor(lengths)[:, None] // 2).long() * mask
    inputs = dict(input_ids=ids, attention_mask=mask)
    if getattr(model.config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = types
    result = model(**inputs, output_hidden_states=True)
    kept = mask[..., None].double()
    states = result.last_hidden_state
    pooled = dict(mean=(states * kept).sum(1) / kept.sum(1), first=states[:, 0])
    if getattr(result, "pooler_output", None) is not None:
        pooled["pooler"] = result.pooler_output
    golden = {n: numpy.ascontiguousarray(v.numpy(), dtype=numpy.int32) for n, v in inputs.items()}
    for number, state in enumerate(result.hidden_states):
        name = "embeddings" if number == 0 else f"layer.{number - 1}"
        golden[f"act.{name}"] = single(state * kept)
    loss = 0
    for name, value in pooled.items():
        golden[f"act.{name}"] = single(value)
        upstream = torch.empty(value.shape).uniform_(-1, 1)
        golden[f"upstream.{name}"] = single(upstream)
        loss = loss + (value * upstream.double()).sum()
    loss.backward()
    for name, parameter in model.named_parameters():
        golden[f"grad.{prefix}{name}"] = single(parameter.grad)
    save_file(weights, folder / "weights.safetensors")
    save_file(golden, folder / "golden.safetensors")
    print(folder, sum(v.nbytes for v in weights.values()), sum(v.nbytes for v in golden.values()))


torch.manual_seed(3)
if sys.argv[1:2] == ["--model"]:
    source, output = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    network = AutoModel.from_pretrained(source, attn_implementation="eager")
    write(output, "", network, [48, 31, 7, 1], 48)
    shutil.copy(source / "config.json", output / "config.json")
else:
    for name, prefix, network in models():
        for parameter in network.parameters():
            # As they are made, all biases are 0 and all factors 1.
            torch.nn.init.normal_(parameter, mean=float(parameter.ndim == 1), std=0.4)
        folder = pathlib.Path("language") / name
        write(folder, prefix, network, [9, 5, 2], 9)
        heads = dict(num_attention_heads=2, model_type=name)
        (folder / "config.json").write_text(json.dumps(heads) + "\n")
