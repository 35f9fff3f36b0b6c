#!/usr/bin/env python3
"""Exports networks for Keras and compares what Keras computes with them.

    python export_keras.py GRAFT [NAME...] [--tolerance T]

GRAFT is the command. A network of keras.applications with random weights is saved, read by Graft,
exported as `.weights.h5`, and loaded into a second one: both must give the same on a random image.
Its tensors are also exported as safetensors with Keras's names, which must hold the same values.
Needs keras with a backend, and safetensors.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import keras
import numpy as np
from safetensors.numpy import load_file

CASES = {
    "vgg16": "VGG16", "vgg19": "VGG19", "resnet50": "ResNet50", "resnet101": "ResNet101",
    "resnet152": "ResNet152", "resnet50v2": "ResNet50V2", "resnet101v2": "ResNet101V2",
    "resnet152v2": "ResNet152V2", "inceptionv3": "InceptionV3", "mobilenetv1": "MobileNet",
    "mobilenetv2": "MobileNetV2", "mobilenetv3-large": "MobileNetV3Large",
    "mobilenetv3-small": "MobileNetV3Small",
    **{f"efficientnet-b{n}": f"EfficientNetB{n}" for n in range(8)},
    **{f"efficientnetv2-{n}": f"EfficientNetV2{n.upper()}" for n in "sml"},
    **{f"densenet{n}": f"DenseNet{n}" for n in [121, 169, 201]},
    **{f"convnext-{n.lower()}": f"ConvNeXt{n}" for n in ["Tiny", "Small", "Base", "Large"]},
}


def has_top(name):
    """Keras's ConvNeXts end with a normalization that is part of the classifier elsewhere."""
    return name.startswith("ConvNeXt")


def leaves(model):
    """All layers, those of models within the model as well."""
    for layer in model.layers:
        yield from leaves(layer) if isinstance(layer, keras.Model) else [layer]


def build(name, size):
    keras.utils.clear_session()
    return getattr(keras.applications, name)(
        weights=None, include_top=has_top(name), input_shape=(size, size, 3))


def randomize(model):
    generator = np.random.default_rng(0)
    for layer in leaves(model):
        for variable in layer.weights:
            if layer.name.startswith("normalization"):
                continue  # How pixels are normalized is no weight.
            values = generator.standard_normal(variable.shape).astype(np.float32)
            if "kernel" in variable.name:
                values *= np.sqrt(1 / max(1, np.prod(variable.shape[:-1])))
            elif variable.name in ("gamma", "moving_variance"):
                values = 1 + 0.1 * np.abs(values)
            else:
                values *= 0.1
            variable.assign(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graft")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    failures = []
    print(f"{'network':24}{'tensors':>8}{'difference':>12}{'safetensors':>14}")
    for backbone, name in CASES.items():
        if options.names and backbone not in options.names:
            continue
        size = 96
        original = build(name, size)
        randomize(original)
        image = np.random.default_rng(1).uniform(0, 1, (1, size, size, 3)).astype(np.float32)
        expected = np.asarray(original(image))
        # The only variable without a name of its own is the scale of channels.
        tensors = {f"{layer.name}/{'gamma' if v.name.startswith('variable') else v.name}": np.asarray(v)
                   for layer in leaves(original) for v in layer.weights
                   if not layer.name.startswith("normalization")}
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            original.save_weights(folder / "original.weights.h5")
            command = [options.graft, "export", "--backbone", backbone, "--size", str(size),
                       "--weights", folder / "original.weights.h5"]
            command += [] if has_top(name) else ["--no-top"]
            try:
                subprocess.run([*command, "--format", "keras", "--output", folder / "copy.weights.h5"],
                               check=True, capture_output=True, text=True)
                subprocess.run([*command, "--format", "safetensors", "--names", "keras", "--output",
                                folder / "copy.safetensors"], check=True, capture_output=True, text=True)
                copy = build(name, size)
                copy.load_weights(folder / "copy.weights.h5")
                named = load_file(folder / "copy.safetensors")
            except subprocess.CalledProcessError as error:
                print(f"{backbone}: {error.stderr.strip()[:2000]}")
                failures.append(backbone)
                continue
            except ValueError as error:
                print(f"{backbone}: {str(error)[:500]}")
                failures.append(backbone)
                continue
        difference = np.abs(np.asarray(copy(image)) - expected).max() / np.abs(expected).max()
        is_named = {k: v.shape for k, v in named.items()} == {k: v.shape for k, v in tensors.items()} \
            and all(np.array_equal(named[k], tensors[k]) for k in tensors)
        print(f"{backbone:24}{len(tensors):>8}{difference:>12.1e}{'equal' if is_named else 'differ':>14}",
              flush=True)
        if not difference < options.tolerance or not is_named:
            failures.append(backbone)
    if failures:
        sys.exit(f"differ: {' '.join(failures)}")


if __name__ == "__main__":
    main()
