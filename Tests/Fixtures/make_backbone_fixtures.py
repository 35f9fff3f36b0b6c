#!/usr/bin/env python3
"""Makes narrow and shallow members of all families: weights, an image, and what the reference
implementations compute from them, as `Benchmarks/parity/generate.py` does for the real ones.

    python make_backbone_fixtures.py [folder]

Needs what generate.py needs; those of Keras are made by make_keras_backbone_fixtures.py. Writes a folder
for each network into the folder (default: `backbones` beside this file). Weights and images are stored
in half precision, which both sides read exactly.
"""
import json
import pathlib
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "Benchmarks/parity"))
from generate import Features, chosen_parameters, parameter_count, prepared, save_golden
from safetensors.torch import save_file

CLASSES = 5


def narrowed(model, divisor, classes=CLASSES):
    """The same network with the channels of every layer divided."""
    def count(channels):
        return channels if channels == 3 else channels // divisor

    for path, module in list(model.named_modules()):
        parent = model.get_submodule(path.rpartition(".")[0]) if "." in path else model
        name = path.rpartition(".")[2]
        if isinstance(module, nn.Conv2d):
            groups = count(module.groups) if module.groups == module.in_channels and module.groups > 1 else module.groups
            outputs = classes if module.out_channels == 1000 else count(module.out_channels)
            setattr(parent, name, nn.Conv2d(
                count(module.in_channels), outputs, module.kernel_size, module.stride, module.padding,
                module.dilation, groups, module.bias is not None))
        elif isinstance(module, nn.BatchNorm2d):
            setattr(parent, name, nn.BatchNorm2d(module.num_features // divisor, module.eps, module.momentum))
        elif isinstance(module, nn.Linear):
            outputs = classes if module.out_features == 1000 else count(module.out_features)
            setattr(parent, name, nn.Linear(count(module.in_features), outputs))
    return model


def networks():
    """Name, source, the model, the size of its images, the endpoints to compare."""
    import torchvision.models as t
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt
    from torchvision.models.efficientnet import (
        EfficientNet, FusedMBConvConfig, MBConvConfig, _efficientnet_conf)
    from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
    from torchvision.models.vgg import VGG, make_layers

    inception = {"init_weights": False, "aux_logits": False, "transform_input": False}
    residual = ["relu", "layer1", "layer2", "layer3", "layer4"]
    plain = [2, "M", 4, "M", 8, "M", 16, "M", 16, "M"]
    yield "vgg", "torchvision", Features(VGG(make_layers(plain), init_weights=False)), 37, [
        f"features.{n}" for n in (1, 4, 7, 10, 13, 14)]
    yield "vgg-bn", "torchvision", Features(VGG(make_layers(plain, batch_norm=True), init_weights=False)), 37, [
        f"features.{n}" for n in (2, 6, 10, 14, 18)]
    yield "resnet-basic", "torchvision", narrowed(ResNet(BasicBlock, [1, 2, 1, 1]), 32), 33, residual
    yield "resnext", "torchvision", narrowed(ResNet(Bottleneck, [1, 1, 1, 1], groups=2), 32), 33, residual
    yield "googlenet", "torchvision", narrowed(t.googlenet(weights=None, **inception), 16), 33, [
        "conv1", "conv3", "inception3b", "inception4e", "inception5b"]
    import bninception

    model = narrowed(bninception.bninception(pretrained=None), 32)
    model.global_pool = nn.AdaptiveAvgPool2d(1)
    yield "inceptionv2", "caffe", model, 33, ["conv1_relu_7x7", "inception_3c_pool", "inception_5b_relu_1x1"]
    yield "inceptionv3", "torchvision", narrowed(t.inception_v3(weights=None, **inception), 16), 75, [
        "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e", "Mixed_7c"]
    from timm.models.efficientnet import _gen_efficientnet_lite, _gen_mobilenet_v1

    yield "mobilenetv1", "timm", _gen_mobilenet_v1(
        "mobilenetv1_100", channel_multiplier=0.1, num_classes=CLASSES), 33, [f"blocks.{n}" for n in range(5)]
    yield "mobilenetv2", "torchvision", t.mobilenet_v2(weights=None, width_mult=0.1, num_classes=CLASSES), 33, [
        f"features.{n}" for n in (1, 3, 6, 13, 18)]
    small = t.mobilenetv3._mobilenet_v3_conf("mobilenet_v3_small", width_mult=0.1)
    yield "mobilenetv3", "torchvision", t.MobileNetV3(*small, num_classes=CLASSES), 33, [
        f"features.{n}" for n in (0, 1, 3, 8, 12)]
    stages, _ = _efficientnet_conf("efficientnet_b0", width_mult=0.1, depth_mult=0.1)
    yield "efficientnet", "torchvision", EfficientNet(stages, 0.2, num_classes=CLASSES), 33, [
        f"features.{n}" for n in (1, 2, 3, 5, 8)]
    stages = [FusedMBConvConfig(1, 3, 1, 8, 8, 1), FusedMBConvConfig(4, 3, 2, 8, 16, 2),
              MBConvConfig(4, 3, 2, 16, 24, 2), MBConvConfig(6, 3, 2, 24, 32, 1)]
    yield "efficientnetv2", "torchvision", EfficientNet(
        stages, 0.2, num_classes=CLASSES, last_channel=64,
        norm_layer=lambda channels: nn.BatchNorm2d(channels, eps=1e-3)), 33, [f"features.{n}" for n in (1, 2, 3, 5)]
    yield "efficientnet-lite", "timm", _gen_efficientnet_lite(
        "tf_efficientnet_lite0", channel_multiplier=0.1, depth_multiplier=0.1, num_classes=CLASSES, bn_eps=1e-3,
        pad_type="same"), 33, ["blocks.0", "blocks.1", "blocks.2", "blocks.4", "bn2"]
    yield "densenet", "torchvision", t.DenseNet(4, (2, 2, 2, 2), 8, num_classes=CLASSES), 33, [
        "features.relu0", "features.denseblock1", "features.denseblock3", "features.norm5"]
    yield "squeezenet", "torchvision", narrowed(t.squeezenet1_1(weights=None), 8), 33, [
        f"features.{n}" for n in (1, 4, 7, 12)]
    yield "convnext", "torchvision", ConvNeXt(
        [CNBlockConfig(4, 8, 1), CNBlockConfig(8, 16, 2), CNBlockConfig(16, 32, 1), CNBlockConfig(32, None, 1)],
        num_classes=CLASSES), 33, [f"features.{n}" for n in (1, 3, 5, 7)]


def make(folder, name, source, model, size, endpoints):
    # The largest map says nothing that the others don't.
    torch.manual_seed(sum(map(ord, name)))
    folder.mkdir(parents=True, exist_ok=True)
    has_top = not isinstance(model, Features)
    prepared(model, size)
    for value in list(model.parameters()) + list(model.buffers()):
        if value.is_floating_point():
            value.data = value.data.half().float()
    state = {key: value.half().contiguous() for key, value in model.state_dict().items()
             if not key.endswith("num_batches_tracked")}
    save_file(state, folder / "weights.safetensors")
    sizes = {key: value.numel() for key, value in model.named_parameters()}
    names = [key for key in chosen_parameters(model) if sizes[key] <= 600]
    errors = save_golden(
        folder, model, (1, 3, size, size), lambda path: path in endpoints[1:], names, CLASSES, half=True)
    case = {"backbone": name, "source": source, "reference": source, "weights": "weights.safetensors", "size": size,
            "includesTop": has_top, "classCount": CLASSES, "parameterCount": parameter_count(model)}
    (folder / "case.json").write_text(json.dumps(case) + "\n")
    print(name, sum(sizes.values()), {key: f"{error:.0e}" for key, error in errors.items()})


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "backbones"
    for name, source, model, size, endpoints in networks():
        make(folder / name, name, source, model, size, endpoints)


if __name__ == "__main__":
    main()
