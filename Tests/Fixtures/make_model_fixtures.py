#!/usr/bin/env python3
"""Lists the parameters of the reference implementations of all backbones.

    python make_model_fixtures.py [folder]

Needs torch, torchvision, timm, `bninception.py` of the package `pretrainedmodels` on the path and, on
PyTorch (KERAS_BACKEND=torch), keras. Where torchvision is
built for CUDA beside a CPU build of torch, import what declares its operators first. Writes
`parameters.json` into the folder (default: `models` beside this file): for each backbone the
source, the number of trainable parameters, and the name and shape, in PyTorch's layout, of every
parameter and running statistic. Of a family's larger members only a digest of these is kept: FNV-1a
over the lines `name extents`, sorted by name.
"""
import json
import pathlib
import sys

import timm
import torch
import torchvision

# Graft's name, the project, the project's name, whether names and shapes are written out.
MODELS = [
    ("vgg11", "torchvision", "vgg11", False),
    ("vgg13", "torchvision", "vgg13", False),
    ("vgg16", "torchvision", "vgg16", True),
    ("vgg19", "torchvision", "vgg19", False),
    ("vgg11-bn", "torchvision", "vgg11_bn", True),
    ("vgg13-bn", "torchvision", "vgg13_bn", False),
    ("vgg16-bn", "torchvision", "vgg16_bn", False),
    ("vgg19-bn", "torchvision", "vgg19_bn", False),
    ("resnet18", "torchvision", "resnet18", True),
    ("resnet34", "torchvision", "resnet34", False),
    ("resnet50", "torchvision", "resnet50", True),
    ("resnet101", "torchvision", "resnet101", False),
    ("resnet152", "torchvision", "resnet152", False),
    ("wide-resnet50-2", "torchvision", "wide_resnet50_2", False),
    ("resnext50-32x4d", "torchvision", "resnext50_32x4d", False),
    ("resnet50v2", "keras", "ResNet50V2", True),
    ("resnet101v2", "keras", "ResNet101V2", False),
    ("resnet152v2", "keras", "ResNet152V2", False),
    ("googlenet", "torchvision", "googlenet", True),
    ("inceptionv2", "caffe", "bninception", True),
    ("inceptionv3", "torchvision", "inception_v3", True),
    ("mobilenetv1", "timm", "mobilenetv1_100", True),
    ("mobilenetv2", "torchvision", "mobilenet_v2", True),
    ("mobilenetv3-large", "torchvision", "mobilenet_v3_large", False),
    ("mobilenetv3-small", "torchvision", "mobilenet_v3_small", True),
    *((f"efficientnet-b{i}", "torchvision", f"efficientnet_b{i}", i == 0) for i in range(8)),
    ("efficientnetv2-s", "torchvision", "efficientnet_v2_s", True),
    ("efficientnetv2-m", "torchvision", "efficientnet_v2_m", False),
    ("efficientnetv2-l", "torchvision", "efficientnet_v2_l", False),
    *((f"efficientnet-lite{i}", "timm", f"tf_efficientnet_lite{i}", i == 0) for i in range(5)),
    ("densenet121", "torchvision", "densenet121", True),
    ("densenet169", "torchvision", "densenet169", False),
    ("densenet201", "torchvision", "densenet201", False),
    ("squeezenet1.0", "torchvision", "squeezenet1_0", False),
    ("squeezenet1.1", "torchvision", "squeezenet1_1", True),
    ("convnext-tiny", "torchvision", "convnext_tiny", True),
    ("convnext-small", "torchvision", "convnext_small", False),
    ("convnext-base", "torchvision", "convnext_base", False),
    ("convnext-large", "torchvision", "convnext_large", False),
]

KERAS_VARIABLES = {
    "kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias",
    "moving_mean": "running_mean", "moving_variance": "running_var",
}


def shapes_in_torch(name):
    """Names and shapes of a PyTorch model, without auxiliary classifiers and counters."""
    with torch.device("meta"):
        if name == "bninception":
            import bninception

            model = bninception.bninception(pretrained=None)
        elif name in timm.list_models() and not hasattr(torchvision.models, name):
            model = timm.create_model(name)
        else:
            options = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
            model = getattr(torchvision.models, name)(weights=None, **options)
    shapes = {key: list(value.shape) for key, value in model.state_dict().items()
              if not key.endswith("num_batches_tracked")}
    return shapes, sum(value.numel() for value in model.parameters())


def shapes_in_keras(name):
    """Names and shapes of a Keras model, as PyTorch would have them."""
    import keras

    model = getattr(keras.applications, name)(weights=None)
    shapes = {}
    for layer in model.layers:
        for variable in layer.variables:
            shape = list(variable.shape)
            if len(shape) == 4:
                shape = [shape[3], shape[2], shape[0], shape[1]]
            elif len(shape) == 2:
                shape.reverse()
            shapes[f"{layer.name}.{KERAS_VARIABLES[variable.name]}"] = shape
    return shapes, sum(int(variable.value.numel()) for variable in model.trainable_variables)


def digest(shapes):
    text = "".join(f"{name} {' '.join(map(str, shape))}\n" for name, shape in sorted(shapes.items()))
    value = 0xcbf29ce484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001b3 % 2**64
    return f"{value:016x}"


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "models")
    result = {}
    for name, source, reference, is_written_out in MODELS:
        shapes, count = (shapes_in_keras if source == "keras" else shapes_in_torch)(reference)
        result[name] = {"source": f"{source} {reference}", "parameterCount": count, "digest": digest(shapes)}
        if is_written_out:
            result[name]["shapes"] = shapes
    (folder / "parameters.json").write_text(json.dumps(result, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
