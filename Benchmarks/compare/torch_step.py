"""One workload in PyTorch: writes the weights and the batch for all, or times training steps."""

import argparse
import json
import os
import time

import torch
from safetensors.torch import load_file, save_file

from torchvision_import import torchvision

CLASSES = 10
CLASSIFIERS = ("classifier.", "fc.", "AuxLogits.")


def network(name):
    """torchvision's network with random weights, without classifiers at its side."""
    options = {"aux_logits": True, "init_weights": False} if name == "inception_v3" else {}
    return torchvision().models.get_model(name, weights=None, **options)


def features(model):
    """The layers before pooling and classifier, by torchvision's names, in order."""
    if hasattr(model, "features"):
        return {"features." + name: layer for name, layer in model.features.named_children()}
    without = ("AuxLogits", "avgpool", "dropout", "fc")
    return {name: layer for name, layer in model.named_children() if name not in without}


class Classifier(torch.nn.Module):
    """A backbone with a new head, split where training starts."""

    def __init__(self, model, freeze):
        super().__init__()
        layers = features(model)
        names = list(layers)
        if freeze == "backbone":
            start = len(names)
        else:
            start = 0 if freeze == "none" else names.index(freeze)
        self.frozen = torch.nn.Sequential(*list(layers.values())[:start])
        self.tail = torch.nn.Sequential(*list(layers.values())[start:])
        self.head = torch.nn.Linear(self.width(), CLASSES)
        self.frozen.requires_grad_(False)
        self.train()
        # Frozen normalizations run on stored statistics.
        self.frozen.eval()

    def width(self):
        with torch.no_grad():
            self.eval()
            return self.tail(self.frozen(torch.zeros(1, 3, 96, 96))).shape[1]

    def forward(self, images):
        with torch.no_grad():
            images = self.frozen(images)
        return self.head(self.tail(images).mean((2, 3)))


def write(arguments):
    """Random weights with statistics that fit them, a batch and a head: the same for everybody."""
    torch.manual_seed(0)
    model = network(arguments.model)
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None
    images = torch.randn(arguments.batch, 3, arguments.size, arguments.size)
    body = torch.nn.Sequential(*features(model).values()).train()
    with torch.no_grad():
        body(images[:8])
    classifier = Classifier(model, "backbone")
    weights = {
        name: value.contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith(CLASSIFIERS)
    }
    save_file(weights, arguments.weights)
    labels = torch.arange(arguments.batch) % CLASSES
    save_file(
        {
            "input": images.permute(0, 2, 3, 1).contiguous(),
            "targets": torch.nn.functional.one_hot(labels, CLASSES).float(),
            "head.dense.weight": classifier.head.weight.detach().T.contiguous(),
            "head.dense.bias": classifier.head.bias.detach(),
        },
        arguments.given,
    )


def train(arguments):
    """Times training steps and prints them."""
    torch.set_num_threads(arguments.threads)
    model = network(arguments.model)
    # What stands in for the classifier is in the other file.
    missing, unexpected = model.load_state_dict(load_file(arguments.weights), strict=False)
    assert not unexpected and all(n.startswith(CLASSIFIERS) for n in missing), missing
    given = load_file(arguments.given)
    classifier = Classifier(model, arguments.freeze)
    with torch.no_grad():
        classifier.head.weight.copy_(given["head.dense.weight"].T)
        classifier.head.bias.copy_(given["head.dense.bias"])
    images = given["input"].permute(0, 3, 1, 2)
    if arguments.variant == "default":
        images = images.contiguous()
    else:
        classifier = classifier.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    labels = given["targets"].argmax(1)
    del given
    trainable = [p for p in classifier.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trainable, lr=arguments.rate, fused=True)
    run = torch.compile(classifier) if arguments.variant == "compile" else classifier
    times, losses = [], []
    for step in range(arguments.warm_up + arguments.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(run(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step >= arguments.warm_up:
            times.append((time.perf_counter() - start) * 1000)
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "timesMilliseconds": times,
                "losses": losses,
                "peakResidentBytes": peak,
                "version": "PyTorch " + torch.__version__,
            }
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["write", "train"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--freeze", default="backbone")
    parser.add_argument("--variant", choices=["default", "channels-last", "compile"])
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--weights", required=True)
    parser.add_argument("--given", required=True)
    arguments = parser.parse_args()
    (write if arguments.task == "write" else train)(arguments)


if __name__ == "__main__":
    main()
