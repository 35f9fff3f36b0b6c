"""Times training steps of one workload in Keras on TensorFlow.

VGG16 runs on the weights and the batch that all others run on. The other networks of
`keras.applications` differ from torchvision's in places of strides and biases, so those run on random
weights of their own: the same amount of work, another loss.
"""

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from safetensors_file import load  # noqa: E402

# Keras's names for the layers that the workloads fine-tune from.
FIRST_TRAINABLE = {"layer4": "conv5_block1_1_conv", "features.24": "block5_conv1"}


def classifier(arguments, given):
    shape = (arguments.size, arguments.size, 3)
    backbone = getattr(keras.applications, arguments.model)(
        include_top=False, weights=None, input_shape=shape
    )
    if arguments.model == "VGG16":
        take_over(backbone, load(arguments.weights))
    if arguments.freeze == "backbone":
        backbone.trainable = False
    elif arguments.freeze != "none":
        first = FIRST_TRAINABLE[arguments.freeze]
        for layer in backbone.layers:
            if layer.name == first:
                break
            layer.trainable = False
    inputs = keras.Input(shape)
    # Frozen normalizations run on stored statistics in any case; those that train on the batch's.
    outputs = keras.layers.GlobalAveragePooling2D()(backbone(inputs))
    head = keras.layers.Dense(given["targets"].shape[1])
    model = keras.Model(inputs, head(outputs))
    head.set_weights([given["head.dense.weight"], given["head.dense.bias"]])
    return model


def take_over(backbone, weights):
    """Gives VGG16 torchvision's weights."""
    names = sorted(
        {name.rsplit(".", 1)[0] for name in weights if name.startswith("features.")},
        key=lambda name: int(name.split(".")[1]),
    )
    layers = [layer for layer in backbone.layers if layer.weights]
    for layer, name in zip(layers, names, strict=True):
        kernel = weights[name + ".weight"].transpose(2, 3, 1, 0)
        layer.set_weights([kernel, weights[name + ".bias"]])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--freeze", default="backbone")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--weights", required=True)
    parser.add_argument("--given", required=True)
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    given = load(arguments.given)
    model = classifier(arguments, given)
    model.compile(
        optimizer=keras.optimizers.Adam(arguments.rate, epsilon=1e-8),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    images = tf.constant(np.ascontiguousarray(given["input"]))
    targets = tf.constant(given["targets"])
    times, losses = [], []
    for step in range(arguments.warm_up + arguments.steps):
        start = time.perf_counter()
        losses.append(float(model.train_on_batch(images, targets)))
        if step >= arguments.warm_up:
            times.append((time.perf_counter() - start) * 1000)
        model.reset_metrics()
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "timesMilliseconds": times,
                "losses": losses,
                "peakResidentBytes": peak,
                "version": f"Keras {keras.__version__}, TensorFlow {tf.__version__}",
            }
        )
    )


if __name__ == "__main__":
    main()
