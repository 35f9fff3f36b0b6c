#!/usr/bin/env python3
"""Makes what `graft-parity` compares with: random weights in the source's own format, one input, and
what the reference implementation computes from them.

    python generate.py FOLDER [NAME...] [--all-endpoints] [--batch N]

Needs torch, torchvision, timm, safetensors and onnx; for Inception V2, `bninception.py` of the package
`pretrainedmodels` on the path (its reference implementation; the package itself needs much more).
Where torchvision is built for CUDA beside a CPU build of torch, import what declares its operators
first. The cases of Keras are made by generate_keras.py. For each case a folder with `weights.*`, in one
of the formats in which such files come, `golden.safetensors` and `case.json`. In the golden file, in
PyTorch's layout, computed in double precision: `input`, `labels`, `act.PATH` for the result of each
module, `logits`, and of the mean cross-entropy, normalizing by stored statistics and dropping nothing,
`loss`, `grad.input` and `grad.NAME` of some parameters by their names in the file.
"""
import argparse
import copy
import json
import pathlib
import time

import numpy
import onnx
import torch
from safetensors.torch import save_file

# Graft's name, the project, the project's name, the size of the images, whether with the classifier.
# Sizes are the usual ones where they show something; small images leave less to chance (see
# `well_conditioned_images`).
CASES = [
    *((f"vgg{n}{bn}", "torchvision", f"vgg{n}{bn}".replace("-", "_"), *size)
      for size in [(224, True), (64, False)] for bn in ["", "-bn"] for n in [11, 13, 16, 19]),
    ("resnet18", "torchvision", "resnet18", 224, True),
    ("resnet34", "torchvision", "resnet34", 161, True),
    ("resnet50", "torchvision", "resnet50", 224, True),
    ("resnet101", "torchvision", "resnet101", 128, True),
    ("resnet152", "torchvision", "resnet152", 128, True),
    ("wide-resnet50-2", "torchvision", "wide_resnet50_2", 128, True),
    ("resnext50-32x4d", "torchvision", "resnext50_32x4d", 128, True),
    ("googlenet", "torchvision", "googlenet", 129, True),
    ("inceptionv2", "caffe", "bninception", 224, True),
    ("inceptionv3", "torchvision", "inception_v3", 139, True),
    ("mobilenetv1", "timm", "mobilenetv1_100", 224, True),
    ("mobilenetv2", "torchvision", "mobilenet_v2", 224, True),
    ("mobilenetv3-large", "torchvision", "mobilenet_v3_large", 224, True),
    ("mobilenetv3-small", "torchvision", "mobilenet_v3_small", 161, True),
    *((f"efficientnet-b{n}", "torchvision", f"efficientnet_b{n}", size, True)
      for n, size in enumerate([224, 240, 161, 128, 128, 128, 128, 128])),
    *((f"efficientnetv2-{n}", "torchvision", f"efficientnet_v2_{n}", 128, True) for n in "sml"),
    *((f"efficientnet-lite{n}", "timm", f"tf_efficientnet_lite{n}", size, True)
      for n, size in enumerate([224, 240, 161, 128, 128])),
    *((f"densenet{n}", "torchvision", f"densenet{n}", 128, True) for n in [121, 169, 201]),
    ("squeezenet1.0", "torchvision", "squeezenet1_0", 97, True),
    ("squeezenet1.1", "torchvision", "squeezenet1_1", 97, True),
    *((f"convnext-{name}", "torchvision", f"convnext_{name}", 64, True)
      for name in ["tiny", "small", "base", "large"]),
    # Other names for the same networks, other widths.
    ("vgg11", "timm", "vgg11", 224, True),
    ("resnet50", "timm", "resnet50", 97, True),
    ("inceptionv3", "timm", "inception_v3", 139, True),
    ("densenet121", "timm", "densenet121", 97, True),
    ("mobilenetv1-1.25", "timm", "mobilenetv1_125", 97, True),
    ("mobilenetv2", "timm", "mobilenetv2_100", 97, True),
    *((f"mobilenetv2-{width}", "timm", f"mobilenetv2_{name}", 97, True)
      for width, name in [("0.35", "035"), ("0.5", "050"), ("0.75", "075"), ("1.4", "140")]),
    ("mobilenetv3-large", "timm", "mobilenetv3_large_100", 97, True),
    ("mobilenetv3-large-0.75", "timm", "mobilenetv3_large_075", 97, True),
    ("mobilenetv3-small", "timm", "mobilenetv3_small_100", 97, True),
    ("mobilenetv3-small-0.75", "timm", "mobilenetv3_small_075", 97, True),
    ("mobilenetv3-small-0.5", "timm", "mobilenetv3_small_050", 97, True),
    ("efficientnet-b0", "timm", "efficientnet_b0", 97, True),
    ("efficientnet-b5", "timm", "tf_efficientnet_b5", 64, True),
    ("efficientnetv2-s", "timm", "tf_efficientnetv2_s", 64, True),
    ("convnext-tiny", "timm", "convnext_tiny", 64, True),
]
# A training step: with what, the size of the images, everything before which layer is frozen (nothing
# before an empty name), and what normalizations that train normalize by.
TRAINING_CASES = [
    ("resnet18", "torchvision", "resnet18", 64, frontier, statistics)
    for frontier in ["", "layer2", "layer4", "layer4.1.conv2", "fc"] for statistics in ["stored", "batch"]
] + [
    ("resnet50", "torchvision", "resnet50", 64, frontier, statistics)
    for frontier in ["", "layer3", "layer4.2", "fc"] for statistics in ["stored", "batch"]
]
FORMATS = ["pth", "safetensors", "legacy.pth", "npz", "onnx"]


def build(source, name):
    if source == "timm":
        import timm

        return timm.create_model(name, pretrained=False)
    if source == "caffe":
        import bninception

        return bninception.bninception(pretrained=None)
    import torchvision

    options = {}
    if name in ("googlenet", "inception_v3"):
        options = {"init_weights": False, "aux_logits": True, "transform_input": False}
    return getattr(torchvision.models, name)(weights=None, **options)


# Where a network's normalizations and biases put the values before each activation: far from where
# the activation has a kink. Rounding then can't turn a gradient on or off, so that two correct
# implementations agree to float32's precision; every linear piece still occurs.
# Most channels are on the piece where the signal passes unhindered.
CENTRES = {"ReLU": [-3, 3, 3, 3], "ReLU6": [-3, 3, 3, 3, 3, 3, 3, 9], "Hardswish": [-6, 0, 0, 0, 6, 6, 6],
           "Hardsigmoid": [-6, 0, 0, 0, 6]}
SPREAD = 0.7
# Activations without a kink, or none.
SMOOTH = ["SiLU", "NoneType", "Identity"]
# How much smaller the normalizations without an activation are, which end the branches of mobile
# networks: or each of dozens of branches would add as much as there is, and rounding errors would grow.
BRANCH_SHARE = 0.1


def activations(model):
    """The name of the activation that follows each convolution, dense layer and normalization."""
    result = {}
    for module in model.modules():
        children = list(module.children())
        if type(module).__name__ == "BatchNormAct2d":
            result[module] = type(module.act).__name__
        elif isinstance(module, torch.nn.Sequential):
            for child, follower in zip(children, children[1:] + [None]):
                result[child] = type(follower).__name__
        elif "SqueezeExcitation" in type(module).__name__:
            result[module.fc1], result[module.fc2] = (
                type(module.activation).__name__, type(module.scale_activation).__name__)
        elif type(module).__name__ == "Fire":
            for child in (module.squeeze, module.expand1x1, module.expand3x3):
                result[child] = "ReLU"
    return result


def randomize(model, images):
    """Gives kernels random values, and normalizations and biases those that keep kinks away."""
    followers, hooks = activations(model), []

    def centres(module, count):
        # Residual networks and others apply their activation in code: it is ReLU.
        name = followers.get(module, "ReLU")
        choices = torch.tensor(CENTRES.get(name, [0.0]), dtype=torch.float32)
        shifts = choices[torch.randint(len(choices), (count,))]
        return shifts if name in CENTRES else shifts + 0.2 * torch.randn(count)

    def calibrate(module, inputs, output):
        # A dense layer has its channels last, even where it works on images.
        channel_axis = output.dim() - 1 if isinstance(module, torch.nn.Linear) else 1
        axes = [axis for axis in range(output.dim()) if axis != channel_axis]
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            mean, variance = inputs[0].mean(axes), inputs[0].var(axes) + 1e-3
            if followers.get(module) in SMOOTH:
                # What hardly varies stays small: blown up in dozens of layers, rounding errors would too.
                variance += mean * mean
            module.running_mean.copy_(mean + 0.05 * variance.sqrt() * torch.randn_like(mean))
            module.running_var.copy_(variance * torch.empty_like(variance).uniform_(0.9, 1.1))
            spread = SPREAD * (BRANCH_SHARE if followers.get(module) in SMOOTH[1:] else 1)
            torch.nn.init.uniform_(module.weight, 0.7 * spread, spread)
            module.bias.copy_(centres(module, len(mean)))
        elif module.bias is not None:
            # Where there is one pixel, as in a dense layer, samples are too much alike: only the spread
            # between the units is a measure.
            is_image = output.dim() == 4 and output.shape[1] * output.shape[2] * output.shape[3] != output.shape[channel_axis]
            deviation = output.std(axes) if is_image else output.std().expand(output.shape[channel_axis])
            scale = SPREAD / (deviation + 1e-3)
            module.weight.mul_(scale.reshape([-1] + [1] * (module.weight.dim() - 1)))
            mean = (output.mean(axes) - module.bias) * scale
            noise = 0 if is_image else SPREAD * torch.randn_like(mean)
            module.bias.copy_(centres(module, len(mean)) - mean + noise)
        return module.forward(inputs[0])

    for name, parameter in model.named_parameters():
        if name.endswith(("layer_scale", "gamma")):
            torch.nn.init.uniform_(parameter, 0.5, 1)
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.3)
        elif isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
            hooks.append(module.register_forward_hook(calibrate))
        elif isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            hooks.append(module.register_forward_hook(calibrate))
    model.eval()
    with torch.no_grad():
        model(images)
    for hook in hooks:
        hook.remove()


def record(model, is_wanted):
    """What will hold each module's result once the model has run, and what to remove then."""
    results, hooks = {}, []
    # Networks of timm whose paths are torchvision's, but whose normalizations do the activation as well.
    # The path means what it means to torchvision.
    shares_paths = type(model).__module__.startswith("timm") and type(model).__name__ in (
        "DenseNet", "InceptionV3")
    for path, module in model.named_modules():
        if path and is_wanted(path) and not (shares_paths and path == "features"):
            def keep(module, __, output, path=path):
                if isinstance(output, torch.Tensor) and not type(module).__name__ == "Permute":
                    is_channels_last = output.dim() == 4 and type(module) in (
                        torch.nn.Linear, torch.nn.LayerNorm, torch.nn.GELU)
                    output = output.permute(0, 3, 1, 2) if is_channels_last else output
                    results[f"act.{path}"] = output.detach().float().clone()
            is_activated = shares_paths and type(module).__name__ == "BatchNormAct2d"
            measured = module.drop if is_activated else module
            hooks.append(measured.register_forward_hook(keep))
    return results, hooks


def is_auxiliary(path):
    return path.startswith(("aux1", "aux2", "AuxLogits"))


def chosen_parameters(model, count=8):
    names = [name for name, _ in model.named_parameters() if not is_auxiliary(name)]
    step = max(1, (len(names) - 1) // (count - 1))
    return sorted(set(names[::step] + names[-2:]))


class Features(torch.nn.Module):
    """A network up to its last feature map, each channel of which is averaged."""

    def __init__(self, model):
        super().__init__()
        self.features = model.features

    def forward(self, images):
        return self.features(images).mean((2, 3))


def gradients(model, images, labels, names):
    parameters = dict(model.named_parameters())
    images = images.detach().requires_grad_(True)
    logits = model(images)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    values = torch.autograd.grad(loss, [images] + [parameters[name] for name in names])
    return logits.detach(), loss.detach(), dict(zip(["input"] + names, values))


def save_weights(folder, state, kind):
    """Writes a state dictionary in one of the formats; gives the file's name."""
    name = f"weights.{kind}"
    if kind == "pth":
        torch.save(state, folder / name)
    elif kind == "legacy.pth":
        torch.save(state, folder / name, _use_new_zipfile_serialization=False)
    elif kind == "safetensors":
        save_file({key: value.contiguous() for key, value in state.items()}, folder / name)
    elif kind == "npz":
        numpy.savez(folder / name, **{key: value.numpy() for key, value in state.items()})
    else:
        graph = onnx.helper.make_graph([], "weights", [], [], [
            onnx.numpy_helper.from_array(value.numpy(), key) for key, value in state.items()])
        onnx.save(onnx.helper.make_model(graph), folder / name)
    return name


def difference(value, exact):
    if not exact.abs().max() > 0:
        return float("inf")  # Nothing can be told from a gradient of zero.
    return ((value.double() - exact).abs().max() / exact.abs().max().clamp_min(1e-300)).item()


# The largest error of PyTorch's own gradients in single precision that leaves something to compare.
REPRODUCIBLE = 4e-5


def well_conditioned_images(
        model, exact_model, shape, labels, names, tries=4, goal=REPRODUCIBLE, half=False):
    """Images for which PyTorch's own gradients in float32 are nearly those in float64, and their errors.

    Where two elements under a maximum are nearly equal, rounding decides which gets the gradient: in
    large images there always are some.
    """
    best = None
    for _ in range(tries):
        images = torch.randn(shape)
        images = images.half().float() if half else images
        _, _, exact = gradients(exact_model, images.double(), labels, names)
        errors = {}
        # Another implementation rounds differently: as if the images were a little different.
        for noise in (0, 3e-6, 3e-6):
            _, _, rounded = gradients(model, images + noise * torch.randn(shape), labels, names)
            for name in rounded:
                errors[name] = max(errors.get(name, 0), difference(rounded[name], exact[name]))
        if best is None or max(errors.values()) < max(best[1].values()):
            best = (images, errors)
        if max(errors.values()) < goal:
            break
    return best


def make_torch_case(folder, case, options):
    name, source, reference, size, has_top = case
    torch.manual_seed(sum(map(ord, name)))
    model = prepared(build(source, reference), size)
    weights = save_weights(
        folder, model.state_dict(), options.format or FORMATS[sum(map(ord, name)) % len(FORMATS)])
    if not has_top:
        model = Features(model)

    def is_wanted(path):
        return not is_auxiliary(path) and (options.all_endpoints or path.count(".") <= 1)

    errors = save_golden(folder, model, (options.batch, 3, size, size), is_wanted, chosen_parameters(model))
    start = time.perf_counter()
    with torch.no_grad():
        model(torch.randn(options.batch, 3, size, size))
    seconds = time.perf_counter() - start
    if options.verbose:
        print({key: f"{value:.1e}" for key, value in errors.items()})
    kept = sum(error < REPRODUCIBLE for error in errors.values())
    return {"backbone": name, "source": source, "reference": f"{source} {reference}", "weights": weights,
            "size": size, "includesTop": has_top, "parameterCount": parameter_count(model),
            "referenceSeconds": seconds, "gradients": f"{kept} of {len(errors)}"}


def prepared(model, size):
    """The model with random weights, changing no tensor in place."""
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    randomize(model, torch.randn(8, 3, size, size))
    return model


def parameter_count(model):
    return sum(value.numel() for key, value in model.named_parameters() if not is_auxiliary(key))


def save_golden(folder, model, shape, is_wanted, names, class_count=1000, half=False):
    """Writes images and what the model computes from them; gives PyTorch's own errors of gradients."""
    labels = (torch.arange(shape[0]) * 7 + 3) % class_count
    exact = copy.deepcopy(model).double()
    images, errors = well_conditioned_images(model, exact, shape, labels, names, half=half)
    results, hooks = record(exact, is_wanted)
    with torch.no_grad():
        exact(images.double())
    for hook in hooks:
        hook.remove()
    output, loss, values = gradients(exact, images.double(), labels, names)
    tensors = {"input": images.half() if half else images, "labels": labels.to(torch.int32),
               "loss": loss.reshape(1).float(),
               "act.output" if isinstance(model, Features) else "logits": output.float()}
    # Half precision is for files that must stay small: without the largest gradient.
    tensors.update({f"grad.{key}": values[key].float() for key in values
                    if errors[key] < REPRODUCIBLE and not (half and key == "input")})
    tensors.update(results)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "golden.safetensors")
    return errors


def freeze(model, frontier, statistics):
    """Freezes what stands before a layer, and sets what normalizations use; gives what trains."""
    names = [name for name, _ in model.named_parameters()]
    first = next(i for i, name in enumerate(names) if name.startswith(frontier))
    trainable = set(names[first:])
    model.eval()
    for path, module in model.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d) and f"{path}.weight" in trainable:
            module.train(statistics == "batch")
    return [name for name in names if name in trainable]


def training_step(model, images, labels, frontier, statistics):
    trainable = freeze(model, frontier, statistics)
    parameters = dict(model.named_parameters())
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    values = dict(zip(trainable, torch.autograd.grad(loss, [parameters[name] for name in trainable])))
    return loss.detach().reshape(1), values


def make_training_case(folder, case, options):
    name, source, reference, size, frontier, statistics = case
    torch.manual_seed(sum(map(ord, name)))
    model = prepared(build(source, reference), size)
    weights = save_weights(folder, model.state_dict(), options.format or "safetensors")
    labels, batch = torch.arange(4) * 7 + 3, 4
    exact = copy.deepcopy(model).double()
    for _ in range(4):
        images = torch.randn(batch, 3, size, size)
        _, rounded = training_step(copy.deepcopy(model), images, labels, frontier, statistics)
        moved = copy.deepcopy(exact)
        loss, values = training_step(moved, images.double(), labels, frontier, statistics)
        errors = {key: difference(rounded[key], values[key]) for key in values}
        if max(errors.values()) < REPRODUCIBLE:
            break
    kept = [key for key in values if errors[key] < REPRODUCIBLE]
    tensors = {"input": images, "labels": labels.to(torch.int32), "loss": loss.float()}
    tensors.update({f"grad.{key}": values[key].float() for key in kept})
    before = exact.state_dict()
    tensors.update({f"after.{key}": value.float() for key, value in moved.state_dict().items()
                    if "running" in key and not torch.equal(value, before[key])})
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "golden.safetensors")
    count = sum(value.numel() for value in model.parameters())
    return {"backbone": name, "source": source, "reference": f"{frontier or 'all'} trains, {statistics}",
            "weights": weights, "size": size, "includesTop": True, "parameterCount": count,
            "trainingFrom": frontier, "statistics": statistics, "gradients": f"{len(kept)} of {len(values)}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all-endpoints", action="store_true")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--format", choices=FORMATS, help="of the weights; by default they take turns")
    parser.add_argument("--verbose", action="store_true", help="print PyTorch's own rounding errors")
    parser.add_argument("--missing", action="store_true", help="only what the folder doesn't have")
    options = parser.parse_intermixed_args()
    cases = [(f"{case[1]}-{case[0]}{'' if case[4] else '-notop'}", case, make_torch_case) for case in CASES]
    cases += [(f"training-{case[0]}-{case[4] or 'all'}-{case[5]}", case, make_training_case)
              for case in TRAINING_CASES]
    for folder_name, case, make in cases:
        if options.names and not {case[0], folder_name, folder_name.split("-")[0]} & set(options.names):
            continue
        folder = options.folder / folder_name
        if options.missing and (folder / "case.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        description = make(folder, case, options)
        (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
        print(folder, f"{description['gradients']} gradients", flush=True)


if __name__ == "__main__":
    main()
