#!/usr/bin/env python3
"""Makes narrow and shallow networks as Keras builds them, for the same tests as those of
make_backbone_fixtures.py.

    python make_keras_backbone_fixtures.py [folder]

Needs tensorflow, keras and safetensors.
"""
import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "Benchmarks/parity"))
import generate_keras
import keras
import numpy
from keras.src.applications import resnet
from safetensors.numpy import save_file

CLASSES = 5
OPTIONS = {"weights": None, "classes": CLASSES, "classifier_activation": None}


def narrowed(model, divisor):
    """The same network with the channels of every layer divided."""
    config = model.get_config()
    for layer in config["layers"]:
        layer.pop("build_config", None)
        if "filters" in layer["config"]:
            layer["config"]["filters"] //= divisor
    return keras.Model.from_config(config)


def residual(size):
    def stack(x):
        for index, filters in enumerate([64, 128, 256, 512]):
            x = resnet.stack_residual_blocks_v1(
                x, filters, 1, stride1=min(2, index + 1), name=f"conv{index + 2}")
        return x
    return narrowed(resnet.ResNet(stack, False, True, input_shape=(size, size, 3), **OPTIONS), 32)


def preactivated(size):
    def stack(x):
        for index, filters in enumerate([64, 128, 256, 512]):
            x = resnet.stack_residual_blocks_v2(
                x, filters, 2, stride1=1 if index == 3 else 2, name=f"conv{index + 2}")
        return x
    return narrowed(resnet.ResNet(stack, True, True, input_shape=(size, size, 3), **OPTIONS), 32)


def mobile(size):
    return keras.applications.MobileNet(input_shape=(size, size, 3), alpha=0.1, **OPTIONS)


def save(folder, model):
    """Rounds the weights to half precision and stores them under Keras's names."""
    tensors = {}
    for layer in generate_keras.leaves(model):
        for variable in layer.weights:
            value = numpy.asarray(variable).astype("float16")
            variable.assign(value.astype("float32"))
            tensors[f"{layer.name}/{variable.name}"] = value
    save_file(tensors, folder / "weights.safetensors")
    return "weights.safetensors"


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "backbones"
    options = argparse.Namespace(batch=1, format=None, image_type="float16", layer_count=5)
    for case in [
        ("resnet-keras", residual, 37, {}), ("resnetv2", preactivated, 37, {}),
        ("mobilenetv1-keras", mobile, 37, {}),
    ]:
        (folder / case[0]).mkdir(parents=True, exist_ok=True)
        description = generate_keras.make_case(folder / case[0], case, options, save, CLASSES)
        print(case[0], description["parameterCount"], description["gradients"])
        description.update(classCount=CLASSES, reference="keras")
        del description["referenceSeconds"], description["gradients"]
        (folder / case[0] / "case.json").write_text(json.dumps(description) + "\n")


if __name__ == "__main__":
    main()
