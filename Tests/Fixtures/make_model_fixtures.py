#!/usr/bin/env python3
"""Lists the parameters of the reference implementations of all backbones.

    python make_model_fixtures.py [folder]

Needs torch, torchvision and timm; where torchvision is built for CUDA beside a CPU build of torch,
import what declares its operators first. Writes `parameters.json` into the folder (default: `models` beside this file):
for each backbone the source, the number of trainable parameters, and the name and shape, in
PyTorch's layout, of every parameter and running statistic.
"""
import json
import pathlib
import sys

import timm
import torchvision

MODELS = {
    "efficientnet-lite0": ("timm", "tf_efficientnet_lite0"),
    "mobilenetv2": ("torchvision", "mobilenet_v2"),
    "vgg16": ("torchvision", "vgg16"),
    "resnet18": ("torchvision", "resnet18"),
    "resnet50": ("torchvision", "resnet50"),
}


def build(source, name):
    if source == "timm":
        return timm.create_model(name, pretrained=False)
    return getattr(torchvision.models, name)(weights=None)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "models")
    result = {}
    for name, (source, reference) in MODELS.items():
        model = build(source, reference)
        shapes = {key: list(value.shape) for key, value in model.state_dict().items()
                  if not key.endswith("num_batches_tracked")}
        result[name] = {
            "source": f"{source} {reference}",
            "parameterCount": sum(value.numel() for value in model.parameters()),
            "shapes": shapes,
        }
    text = json.dumps(result, separators=(",", ":"), sort_keys=True)
    (folder / "parameters.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
