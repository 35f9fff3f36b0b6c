"""Makes class_weights.safetensors: a dense layer trained with class weights, by Keras.

Needs tensorflow, keras, safetensors and numpy. Run it in this folder.
"""

import keras
import numpy
from safetensors.numpy import save_file

random = numpy.random.default_rng(3)
samples = random.standard_normal((7, 6)).astype(numpy.float32)
labels = numpy.array([0, 0, 1, 0, 2, 0, 1])
kernel = random.standard_normal((6, 3)).astype(numpy.float32)
tensors = {"samples": samples, "labels": labels.astype(numpy.float32), "kernel": kernel}


def train(name, loss, units, labels, weights):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(units)])
    model.layers[0].set_weights([kernel[:, :units], numpy.zeros(units, numpy.float32)])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss)
    for step in range(3):
        model.train_on_batch(samples, labels, class_weight=weights)
    tensors[f"{name}/kernel"], tensors[f"{name}/bias"] = model.layers[0].get_weights()


train("three", keras.losses.SparseCategoricalCrossentropy(from_logits=True), 3, labels,
      {0: 0.5, 1: 1.0, 2: 6.0})
train("binary", keras.losses.BinaryCrossentropy(from_logits=True), 1,
      (labels > 1).astype(numpy.float32)[:, None], {0: 0.25, 1: 6.0})
save_file(tensors, "class_weights.safetensors")
