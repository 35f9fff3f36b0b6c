"""Times ResNet50's predictions with their loss in tinygrad, on the device that DEV names."""

import argparse
import json
import time

import tinygrad
from safetensors_file import load
from tinygrad import Tensor, TinyJit, nn


class Bottleneck:
    def __init__(self, inputs, planes, stride):
        self.conv1 = nn.Conv2d(inputs, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, 4 * planes, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * planes)
        self.downsample = []
        if stride != 1 or inputs != 4 * planes:
            self.downsample = [
                nn.Conv2d(inputs, 4 * planes, 1, stride=stride, bias=False),
                nn.BatchNorm2d(4 * planes),
            ]

    def __call__(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        return (self.bn3(self.conv3(y)) + x.sequential(self.downsample)).relu()


class ResNet50:
    """torchvision's network, under its names."""

    def __init__(self):
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for number, (planes, count) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 1):
            blocks = []
            for index in range(count):
                stride = 2 if number > 1 and index == 0 else 1
                blocks.append(Bottleneck(inputs, planes, stride))
                inputs = 4 * planes
            setattr(self, f"layer{number}", blocks)

    def __call__(self, x):
        x = self.bn1(self.conv1(x)).relu().pad((1, 1, 1, 1)).max_pool2d((3, 3), 2)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = x.sequential(layer)
        return x.mean((2, 3))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--given", required=True)
    arguments = parser.parse_args()
    model, given = ResNet50(), load(arguments.given)
    state, weights = nn.state.get_state_dict(model), load(arguments.weights)
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            # Copied: tinygrad uploads from memory that it could write to.
            tensor.assign(Tensor(weights[name].copy())).realize()
    images = Tensor(given["input"].transpose(0, 3, 1, 2).copy()).realize()
    kernel, bias = (
        Tensor(given[name].copy()) for name in ("head.dense.weight", "head.dense.bias")
    )
    labels = Tensor(given["targets"].argmax(1).astype("int32"))

    @TinyJit
    def predict(images):
        return (model(images) @ kernel + bias).sparse_categorical_crossentropy(labels).realize()

    times, losses = [], []
    for step in range(arguments.warm_up + arguments.steps):
        start = time.perf_counter()
        losses.append(predict(images).item())
        if step >= arguments.warm_up:
            times.append((time.perf_counter() - start) * 1000)
    version = f"tinygrad {getattr(tinygrad, '__version__', '')}".strip()
    print(json.dumps({"timesMilliseconds": times, "losses": losses, "version": version}))


if __name__ == "__main__":
    main()
