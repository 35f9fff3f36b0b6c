#!/usr/bin/env python3
"""Compares `graft features` with activations of real networks on real photographs, and makes the cases
of their gradients for `graft-parity`.

    python golden.py GOLDEN_FOLDER [--graft PATH] [--device cpu] [--cases FOLDER]

Needs numpy and safetensors. The golden folder holds, in PyTorch's layout, for EfficientNet-Lite0,
torchvision's MobileNetV2 and Keras's VGG16 without top: the weights, and `NAME_golden.safetensors` with
`input`, `act.LAYER`, `pooled` and, with a classifier, `logits`. Every one of these must agree within the
tolerance, relative to the tensor's largest element. With --cases, two cases for `graft-parity` are
written: EfficientNet-Lite0's gradients under a new head, normalizing by stored and by batch statistics.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
from safetensors.numpy import load_file, save_file

# Graft's name, weights, golden file.
NETWORKS = [
    ("efficientnet-lite0", "efficientnet_lite0", "lite0_golden"),
    ("mobilenetv2", "mobilenet_v2_torchvision", "mobilenet_v2_golden"),
    ("vgg16", "vgg16_features", "vgg16_golden"),
]
# What Graft calls otherwise: of a pooled map only the row of means has a name.
NAMES = {"global_pool": "pooled", "pool": "pooled"}


def compare(options, backbone, weights, golden):
    tensors = load_file(options.folder / f"{golden}.safetensors")
    expected = {}
    for key, value in tensors.items():
        if key.startswith("act."):
            name = key.removeprefix("act.")
            expected[NAMES.get(name, name)] = value
        elif key in ("pooled", "logits"):
            expected[key] = value
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for names in (["logits"], [name for name in expected if name != "logits"]):
            names = [name for name in names if name in expected]
            if not names:
                continue
            output = pathlib.Path(folder) / "features.safetensors"
            subprocess.run(
                [options.graft, "features", "--backbone", backbone, "--weights",
                 options.folder / f"{weights}.safetensors", "--input", options.folder / f"{golden}.safetensors",
                 "--input-layout", "nchw", "--layers", ",".join(names), "--output", output,
                 "--device", options.device],
                check=True, stdout=subprocess.DEVNULL)
            found = load_file(output)
            for name in names:
                exact = expected[name].reshape(found[name].shape)
                error = float(numpy.abs(found[name] - exact).max() / numpy.abs(exact).max())
                # A comparison with what is not a number is false.
                worst = max(worst, error if error == error else float("inf"))
                print(f"{backbone:20} {name:24} {error:.1e}")
    return worst


def make_cases(options):
    golden = load_file(options.folder / "lite0_backward_golden.safetensors")
    weights = load_file(options.folder / "efficientnet_lite0.safetensors")
    weights["classifier.weight"], weights["classifier.bias"] = golden["head.weight"], golden["head.bias"]
    images = load_file(options.folder / "lite0_golden.safetensors")["input"]
    for prefix, statistics in [("evalbn.", "stored"), ("trainbn.", "batch")]:
        folder = options.cases / f"golden-lite0-{statistics}"
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {key.removeprefix(prefix): value for key, value in golden.items() if key.startswith(prefix)}
        tensors.pop("grad.input")
        tensors.update({"input": images, "labels": golden["labels"].astype("int32")})
        save_file(tensors, folder / "golden.safetensors")
        save_file(weights, folder / "weights.safetensors")
        case = {"backbone": "efficientnet-lite0", "source": "timm", "reference": f"real weights, {statistics}",
                "weights": "weights.safetensors", "size": 224, "includesTop": True, "classCount": 6,
                "trainingFrom": "", "statistics": statistics}
        (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")
        if statistics == "stored":
            # The input's gradient, which no training step computes.
            folder = options.cases / "golden-lite0-input"
            folder.mkdir(parents=True, exist_ok=True)
            tensors["grad.input"] = golden[prefix + "grad.input"]
            save_file(tensors, folder / "golden.safetensors")
            save_file(weights, folder / "weights.safetensors")
            del case["trainingFrom"]
            (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--graft", default=".build/release/graft")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--cases", type=pathlib.Path)
    options = parser.parse_args()
    if options.cases:
        make_cases(options)
    worst = max(compare(options, *network) for network in NETWORKS)
    if worst > options.tolerance:
        sys.exit(f"the largest error is {worst:.1e}")


if __name__ == "__main__":
    main()
