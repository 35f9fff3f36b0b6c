"""Makes normalization.json: what a training step leaves of running statistics, by Keras and by PyTorch,
and with which values Keras's networks normalize.

Run it in this folder with a Python that has Keras, then with one that has PyTorch: each writes its part.
Needs numpy.
"""

import json
import pathlib

import numpy as np

FILE = pathlib.Path("normalization.json")
STEPS, BATCH, SIZE, CHANNELS, CLASSES = 2, 3, 2, 2, 2
MOMENTUM, EPSILON, RATE = 0.8, 1e-3, 0.5

random = np.random.RandomState(1)
start = {
    "inputs": random.normal(1, 2, (STEPS, BATCH, SIZE, SIZE, CHANNELS)),
    "gamma": random.uniform(0.5, 1.5, CHANNELS),
    "beta": random.uniform(-0.5, 0.5, CHANNELS),
    "mean": random.uniform(-0.5, 0.5, CHANNELS),
    "variance": random.uniform(0.5, 2, CHANNELS),
    "kernel": random.normal(0, 1, (CHANNELS, CLASSES)),
}
start = {name: value.astype(np.float32) for name, value in start.items()}
labels = [[0, 1, 1], [1, 0, 1]]


def keras_run(keras):
    normalization = keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)
    dense = keras.layers.Dense(CLASSES, use_bias=False)
    model = keras.Sequential([
        keras.Input((SIZE, SIZE, CHANNELS)), normalization,
        keras.layers.GlobalAveragePooling2D(), dense])
    normalization.set_weights([start[n] for n in ("gamma", "beta", "mean", "variance")])
    dense.set_weights([start["kernel"]])
    model.compile(
        keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for step in range(STEPS):
        model.train_on_batch(start["inputs"][step], np.array(labels[step]))
    return dict(zip(("gamma", "beta", "mean", "variance"), normalization.get_weights()))


def torch_run(torch):
    normalization = torch.nn.BatchNorm2d(CHANNELS, eps=EPSILON, momentum=1 - MOMENTUM)
    dense = torch.nn.Linear(CHANNELS, CLASSES, bias=False)
    with torch.no_grad():
        normalization.weight.copy_(torch.tensor(start["gamma"]))
        normalization.bias.copy_(torch.tensor(start["beta"]))
        normalization.running_mean.copy_(torch.tensor(start["mean"]))
        normalization.running_var.copy_(torch.tensor(start["variance"]))
        dense.weight.copy_(torch.tensor(start["kernel"]).T)
    optimizer = torch.optim.SGD([*normalization.parameters(), *dense.parameters()], lr=RATE)
    for step in range(STEPS):
        x = torch.tensor(start["inputs"][step]).permute(0, 3, 1, 2)
        scores = dense(normalization(x).mean((2, 3)))
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels[step]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    values = (normalization.weight, normalization.bias, normalization.running_mean,
              normalization.running_var)
    return {n: v.detach().numpy() for n, v in zip(("gamma", "beta", "mean", "variance"), values)}


def keras_networks(keras):
    networks = {
        "resnet50": "ResNet50", "resnet50v2": "ResNet50V2", "mobilenetv1": "MobileNet",
        "mobilenetv2": "MobileNetV2", "mobilenetv3-small": "MobileNetV3Small",
        "mobilenetv3-large": "MobileNetV3Large", "densenet121": "DenseNet121",
        "inceptionv3": "InceptionV3", "efficientnet-b0": "EfficientNetB0",
        "efficientnet-b5": "EfficientNetB5", "efficientnetv2-s": "EfficientNetV2S",
        "efficientnetv2-m": "EfficientNetV2M"}
    found = {}
    for name, keras_name in networks.items():
        network = getattr(keras.applications, keras_name)(weights=None, include_top=False)
        values = {
            (layer.momentum, layer.epsilon) for layer in network._flatten_layers()
            if isinstance(layer, keras.layers.BatchNormalization)}
        (momentum, epsilon), = values
        found[name] = {"momentum": momentum, "epsilon": epsilon}
    return found


def main():
    result = json.loads(FILE.read_text()) if FILE.exists() else {}
    result.update({name: value.ravel().tolist() for name, value in start.items()})
    result["labels"] = labels
    try:
        import keras
    except ImportError:
        import torch

        run = torch_run(torch)
        result["torch"] = {name: value.tolist() for name, value in run.items()}
    else:
        result["keras"] = {name: value.tolist() for name, value in keras_run(keras).items()}
        result["networks"] = keras_networks(keras)
    FILE.write_text(json.dumps(result, indent=1, sort_keys=True) + "\n")


main()
