#!/usr/bin/env python3
"""Prints the weights that a project publishes as Swift, from what the project's own package says.

    python published_weights.py torchvision|timm|keras

Gives `Sources/GraftModels/Published/PublishedWeights+PROJECT.swift`. torchvision's enums hold
address, size, accuracy and preprocessing; the file's name ends in the start of its SHA-256. Of
Keras's files those are listed whose hash its package holds. Where torchvision is built for CUDA
beside a CPU build of torch, import what declares its operators first.
"""
import importlib
import sys

TORCHVISION = {
    **{f"vgg{n}{bn}": f"vgg{n}{bn}".replace("-", "_") for bn in ["", "-bn"] for n in [11, 13, 16, 19]},
    **{f"resnet{n}": f"resnet{n}" for n in [18, 34, 50, 101, 152]},
    "wide-resnet50-2": "wide_resnet50_2", "resnext50-32x4d": "resnext50_32x4d",
    "googlenet": "googlenet", "inceptionv3": "inception_v3", "mobilenetv2": "mobilenet_v2",
    "mobilenetv3-large": "mobilenet_v3_large", "mobilenetv3-small": "mobilenet_v3_small",
    **{f"efficientnet-b{n}": f"efficientnet_b{n}" for n in range(8)},
    **{f"efficientnetv2-{n}": f"efficientnet_v2_{n}" for n in "sml"},
    **{f"densenet{n}": f"densenet{n}" for n in [121, 169, 201]},
    "squeezenet1.0": "squeezenet1_0", "squeezenet1.1": "squeezenet1_1",
    **{f"convnext-{n}": f"convnext_{n}" for n in ["tiny", "small", "base", "large"]},
}
TIMM = {f"efficientnet-lite{n}": f"tf_efficientnet_lite{n}" for n in range(5)}
KERAS = {
    "vgg16": "VGG16", "vgg19": "VGG19", "resnet50": "ResNet50", "resnet101": "ResNet101",
    "resnet152": "ResNet152", "resnet50v2": "ResNet50V2", "resnet101v2": "ResNet101V2",
    "resnet152v2": "ResNet152V2", "inceptionv3": "InceptionV3",
    "mobilenetv3-large": "MobileNetV3Large", "mobilenetv3-small": "MobileNetV3Small",
    **{f"efficientnet-b{n}": f"EfficientNetB{n}" for n in range(8)},
    **{f"efficientnetv2-{n}": f"EfficientNetV2{n.upper()}" for n in "sml"},
    **{f"densenet{n}": f"DenseNet{n}" for n in [121, 169, 201]},
    **{f"convnext-{n}": f"ConvNeXt{n.capitalize()}" for n in ["tiny", "small", "base", "large"]},
}

# The licences that Keras's documentation names; the others are under Keras's own.
LICENCES = {"vgg": "CC-BY-4.0", "resnet": "MIT", "densenet": "BSD-3-Clause"}


def torchvision():
    from torchvision.models import get_model_weights
    for backbone, name in TORCHVISION.items():
        weights = [w for w in get_model_weights(name) if w.name.startswith("IMAGENET1K_V")]
        for entry in sorted(weights, key=lambda w: w.name, reverse=True):
            transform = entry.transforms()
            version = entry.name.removeprefix("IMAGENET1K_").lower()
            top1 = entry.meta["_metrics"]["ImageNet-1K"]["acc@1"]
            kibibytes = round(entry.meta["_file_size"] * 1024)
            if "mobilenet_v2-b0353104" in entry.url:
                continue  # Listed in PublishedWeights+Packages.swift.
            address = entry.url.removeprefix("https://download.pytorch.org/models/")
            assert "/" not in address and len(entry.meta["categories"]) == 1000
            interpolation = transform.interpolation.value
            more = "" if interpolation == "bilinear" else f", .{interpolation}"
            yield (f'    .torchvision(\n      "{backbone}", "{version}", "{address}",\n      kibibytes: {kibibytes:_}, '
                   f"top1: {top1}, {transform.crop_size[0]}, {transform.resize_size[0]}{more}),")


def timm():
    from timm.models import get_pretrained_cfg
    for backbone, name in TIMM.items():
        entry = get_pretrained_cfg(f"{name}.in1k")
        folder, file = entry.url.rsplit("/", 1)
        assert folder == "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights"
        assert len(file.rsplit("-", 1)[1]) == len("01234567.pth")
        yield f'    .timm("{backbone}", "{file}"),'


def keras():
    import keras
    file_utils = importlib.import_module("keras.src.utils.file_utils")

    class Asked(Exception):
        pass

    def record(fname, origin, file_hash=None, **options):
        raise Asked(origin, file_hash)

    file_utils.get_file = record
    for backbone, name in KERAS.items():
        for has_top in [True, False]:
            options = {} if has_top else {"input_shape": (224, 224, 3)}
            try:
                getattr(keras.applications, name)(weights="imagenet", include_top=has_top, **options)
            except Asked as asked:
                address, checksum = asked.args
                assert len(checksum) in (32, 64), (name, checksum)
                more = "" if has_top else ", includesTop: false"
                address = address.removeprefix("https://storage.googleapis.com/")
                licence = next((l for k, l in LICENCES.items() if backbone.startswith(k)), "Apache-2.0")
                if backbone.startswith("resnet") and backbone.endswith("v2"):
                    licence = "Apache-2.0"
                yield (f'    .keras(\n      "{backbone}",\n      "{address}",\n'
                       f'      "{checksum}", "{licence}"{more}),')


def main():
    project = sys.argv[1]
    assert project in ["torchvision", "timm", "keras"], __doc__
    print(f"// Made by scripts/support/published_weights.py {project}.")
    print("extension PublishedWeights {")
    print(f"  /// What {project} publishes for ImageNet's 1000 classes.")
    print(f"  static let {project}: [PublishedWeights] = [")
    for line in globals()[project]():
        print(line)
    print("  ]\n}")


if __name__ == "__main__":
    main()
