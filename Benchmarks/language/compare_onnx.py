#!/usr/bin/env python3
"""Compares a text model in ONNX, as onnxruntime computes it, with transformers.

    python compare_onnx.py ENCODER POOLING MODEL.onnx MODEL.safetensors [--tolerance T]

ENCODER is a folder of Hugging Face's (config.json and weights of the network that a model was made of),
POOLING mean, first or pooler; the other two are what `graft export` writes of the model, with the encoder as
it was. Texts are random tokens of all lengths, in batches of 1 and 5, padded to the length of the file, or to
two lengths where it takes any; transformers computes in double precision. Of a BERT with its pooler, BertForSequenceClassification must load
the safetensors file whole.

Needs torch, transformers, onnx, onnxruntime and safetensors.
"""
import argparse
import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModel, BertForSequenceClassification


def encoder_of(folder):
    """The network of a folder whose weights may be called weights.safetensors."""
    config = AutoConfig.from_pretrained(folder)
    config._attn_implementation = "eager"
    model = AutoModel.from_config(config)
    file = next(f for n in ["model.safetensors", "weights.safetensors"] if (f := folder / n).exists())
    state = load_file(file)
    prefix = f"{config.model_type}."
    state = {n.removeprefix(prefix): v for n, v in state.items() if not n.endswith("position_ids")}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected, unexpected
    return model.eval().double(), config


def pooled(model, inputs, pooling):
    result = model(**inputs)
    states, kept = result.last_hidden_state, inputs["attention_mask"][..., None].double()
    if pooling == "mean":
        return (states * kept).sum(1) / kept.sum(1)
    return states[:, 0] if pooling == "first" else result.pooler_output


def samples(session, config, count, generator):
    length = session.get_inputs()[0].shape[1]
    if isinstance(length, str):
        length = 7 * count
    lengths = torch.randint(1, length + 1, (count,), generator=generator)
    lengths[0] = length
    mask = (torch.arange(length)[None] < lengths[:, None]).long()
    # RoBERTa's places go by what is no padding, so that none of the tokens may be that.
    ids = torch.randint(2, config.vocab_size, (count, length), generator=generator)
    ids = torch.where(mask > 0, ids, config.pad_token_id or 0)
    inputs = dict(input_ids=ids, attention_mask=mask)
    if any(i.name == "token_type_ids" for i in session.get_inputs()):
        inputs["token_type_ids"] = (torch.arange(length)[None] >= lengths[:, None] // 2).long() * mask
    return inputs


def load_as_transformers_do(config, file):
    """Whether BertForSequenceClassification takes the whole file, and gives what it holds."""
    config.num_labels = load_file(file)["classifier.weight"].shape[0]
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        (pathlib.Path(folder) / "model.safetensors").write_bytes(file.read_bytes())
        model, info = BertForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    return model.eval().double()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=pathlib.Path)
    parser.add_argument("pooling", choices=["mean", "first", "pooler"])
    parser.add_argument("onnx", type=pathlib.Path)
    parser.add_argument("safetensors", type=pathlib.Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    onnx.checker.check_model(onnx.load(options.onnx), full_check=True)
    session = onnxruntime.InferenceSession(str(options.onnx), providers=["CPUExecutionProvider"])
    model, config = encoder_of(options.encoder)
    weights = load_file(options.safetensors)
    head = "classifier" if "classifier.weight" in weights else "head.dense"
    kernel, bias = (weights[f"{head}.{n}"].double() for n in ["weight", "bias"])
    whole = load_as_transformers_do(config, options.safetensors) if head == "classifier" else None
    generator, worst = torch.Generator().manual_seed(0), 0.0
    for count in [1, 5]:
        inputs = samples(session, config, count, generator)
        with torch.no_grad():
            expected = pooled(model, inputs, options.pooling) @ kernel.T + bias
            others = [whole(**inputs).logits] if whole else []
        found = session.run(["output"], {n: v.numpy() for n, v in inputs.items()})[0]
        for values in [expected] + others:
            worst = max(worst, float(numpy.abs(found - values.numpy()).max()))
    names = ", ".join(f"{i.name} {i.type} {i.shape}" for i in session.get_inputs())
    print(f"{options.onnx}: {names}; logits up to {float(expected.abs().max()):.2f}, off by {worst:.1e}")
    sys.exit(worst > options.tolerance)


if __name__ == "__main__":
    main()
