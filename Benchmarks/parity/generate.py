#!/usr/bin/env python3
"""Makes what `graft-parity` compares with: random weights in the source's own format, one input, and
what the reference implementation computes from them.

    python generate.py FOLDER [NAME...] [--all-endpoints] [--batch N]

Needs torch, torchvision, timm, safetensors and, for the cases of Keras (KERAS_BACKEND=torch), keras.
Where torchvision is built for CUDA beside a CPU build of torch, import what declares its operators
first. For each case a folder with `weights.pth` (or `weights.safetensors` under Keras's names),
`golden.safetensors` and `case.json`. In the golden file, in PyTorch's layout: `input`, `labels`,
`act.PATH` for the result of each module, `logits`, and of the mean cross-entropy, normalizing by
stored statistics and dropping nothing, `loss`, `grad.input` and `grad.PATH` of some parameters.
"""
import argparse
import copy
import json
import pathlib
import time

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
]


def build(source, name):
    if source == "timm":
        import timm

        return timm.create_model(name, pretrained=False)
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
        axes = [axis for axis in range(output.dim()) if axis != 1]
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            mean, variance = inputs[0].mean(axes), inputs[0].var(axes) + 1e-3
            module.running_mean.copy_(mean + 0.05 * variance.sqrt() * torch.randn_like(mean))
            module.running_var.copy_(variance * torch.empty_like(variance).uniform_(0.9, 1.1))
            torch.nn.init.uniform_(module.weight, 0.7 * SPREAD, SPREAD)
            module.bias.copy_(centres(module, len(mean)))
        elif module.bias is not None:
            # A dense layer on one sample has no spread but that between its units.
            deviation = output.std(axes) if output.dim() == 4 else output.std().expand(output.shape[1])
            scale = SPREAD / (deviation + 1e-3)
            module.weight.mul_(scale.reshape([-1] + [1] * (module.weight.dim() - 1)))
            mean = (output.mean(axes) - module.bias) * scale
            noise = 0 if output.dim() == 4 else SPREAD * torch.randn_like(mean)
            module.bias.copy_(centres(module, len(mean)) - mean + noise)
        return module.forward(inputs[0])

    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
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
    results, hooks = {}, []
    for path, module in model.named_modules():
        if path and is_wanted(path):
            def keep(_, __, output, path=path):
                if isinstance(output, torch.Tensor):
                    results[f"act.{path}"] = output.detach().clone()
            hooks.append(module.register_forward_hook(keep))
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


def difference(value, exact):
    return ((value.double() - exact).abs().max() / exact.abs().max().clamp_min(1e-300)).item()


def well_conditioned_images(model, shape, labels, names, tries=5, goal=2e-5):
    """Images for which PyTorch's own gradients in float32 are those in float64, and their errors.

    Where two elements under a maximum are nearly equal, rounding decides which gets the gradient: in
    large images there always are some.
    """
    exact_model, best = copy.deepcopy(model).double(), None
    for _ in range(tries):
        images = torch.randn(shape)
        _, _, rounded = gradients(model, images, labels, names)
        _, _, exact = gradients(exact_model, images.double(), labels, names)
        errors = {name: difference(rounded[name], exact[name]) for name in rounded}
        if best is None or max(errors.values()) < max(best[1].values()):
            best = (images, errors)
        if max(errors.values()) < goal:
            break
    return best


def make_torch_case(folder, case, options):
    name, source, reference, size, has_top = case
    torch.manual_seed(sum(map(ord, name)))
    model = build(source, reference)
    for module in model.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    randomize(model, torch.randn(8, 3, size, size))
    torch.save(model.state_dict(), folder / "weights.pth")
    if not has_top:
        model = Features(model)
    labels, names = torch.arange(options.batch) * 7 + 3, chosen_parameters(model)
    images, errors = well_conditioned_images(
        model, (options.batch, 3, size, size), labels, names)

    def is_wanted(path):
        return not is_auxiliary(path) and (options.all_endpoints or path.count(".") <= 1)

    results, hooks = record(model, is_wanted)
    start = time.perf_counter()
    with torch.no_grad():
        model(images)
    seconds = time.perf_counter() - start
    for hook in hooks:
        hook.remove()
    logits, loss, values = gradients(model, images, labels, names)
    reproducible = [key for key in values if errors[key] < 2e-5]
    tensors = {"input": images, "labels": labels.to(torch.int32), "loss": loss.reshape(1),
               "logits" if has_top else "act.output": logits}
    tensors.update({f"grad.{key}": values[key] for key in reproducible})
    tensors.update(results)
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "golden.safetensors")
    count = sum(value.numel() for key, value in model.named_parameters() if not is_auxiliary(key))
    return {"backbone": name, "source": source, "reference": f"{source} {reference}", "weights": "weights.pth",
            "size": size, "includesTop": has_top, "parameterCount": count, "referenceSeconds": seconds,
            "gradients": f"{len(reproducible)} of {len(values)}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all-endpoints", action="store_true")
    parser.add_argument("--batch", type=int, default=2)
    options = parser.parse_args()
    for case in CASES:
        name, source, _, _, has_top = case
        if options.names and name not in options.names:
            continue
        folder = options.folder / f"{source}-{name}{'' if has_top else '-notop'}"
        folder.mkdir(parents=True, exist_ok=True)
        description = make_torch_case(folder, case, options)
        (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
        print(folder, f"{description['gradients']} gradients", flush=True)


if __name__ == "__main__":
    main()
