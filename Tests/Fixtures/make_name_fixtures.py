#!/usr/bin/env python3
"""Makes models/timm_names.json: names and shapes of all tensors of some of timm's networks.

Needs torch, torchvision and timm. Where torchvision is built for CUDA beside a CPU build of torch,
import what declares its operators first.
"""
import json
import pathlib

import timm

# Graft's name and timm's, of networks whose paths in Graft are torchvision's.
NETWORKS = {
    "vgg11": "vgg11", "resnet50": "resnet50", "inceptionv3": "inception_v3", "densenet121": "densenet121",
    "mobilenetv2": "mobilenetv2_100", "mobilenetv3-large": "mobilenetv3_large_100",
    "mobilenetv3-small": "mobilenetv3_small_100", "efficientnet-b0": "efficientnet_b0",
    "efficientnetv2-s": "tf_efficientnetv2_s", "convnext-tiny": "convnext_tiny",
}


def main():
    result = {}
    for name, original in NETWORKS.items():
        state = timm.create_model(original, pretrained=False).state_dict()
        result[name] = {key: list(value.shape) for key, value in state.items()
                        if not key.endswith("num_batches_tracked")}
    path = pathlib.Path(__file__).parent / "models" / "timm_names.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
