#!/usr/bin/env python3
"""Makes the cases of Keras for `graft-parity`, as generate.py makes those of PyTorch.

    python generate_keras.py FOLDER [NAME...] [--batch N]

Needs tensorflow, keras and safetensors. The golden file has PyTorch's layout for activations and
Keras's for gradients, which go by `grad.LAYER/VARIABLE`; all of it is computed in double precision.
Networks that normalize pixels themselves get pixels from which that makes `input`.
"""
import argparse
import json
import os
import pathlib
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# With oneDNN, convolutions in double precision crash.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import keras
import numpy
import tensorflow
from safetensors.numpy import save_file

# Graft's name, Keras's, the size of the images, further arguments.
CASES = [
    ("vgg16", "VGG16", 224, {}), ("vgg19", "VGG19", 64, {"include_top": False}),
    ("resnet50", "ResNet50", 97, {}), ("resnet101", "ResNet101", 64, {}),
    ("resnet152", "ResNet152", 64, {}), ("resnet50v2", "ResNet50V2", 97, {}),
    ("resnet101v2", "ResNet101V2", 64, {}), ("resnet152v2", "ResNet152V2", 64, {}),
    ("inceptionv3", "InceptionV3", 139, {}),
    ("mobilenetv1", "MobileNet", 96, {}), ("mobilenetv1-0.5", "MobileNet", 96, {"alpha": 0.5}),
    ("mobilenetv2", "MobileNetV2", 97, {}), ("mobilenetv2-0.35", "MobileNetV2", 96, {"alpha": 0.35}),
    ("mobilenetv3-large", "MobileNetV3Large", 97, {"include_preprocessing": False}),
    ("mobilenetv3-large-0.75", "MobileNetV3Large", 96, {"alpha": 0.75, "include_preprocessing": False}),
    ("mobilenetv3-small", "MobileNetV3Small", 97, {"include_preprocessing": False}),
    *((f"efficientnet-b{n}", f"EfficientNetB{n}", size, {}) for n, size in enumerate([97, 97, 96, 64, 64, 64, 64, 64])),
    *((f"efficientnetv2-{name.lower()}", f"EfficientNetV2{name}", 64, {"include_preprocessing": False})
      for name in "SML"),
    *((f"densenet{n}", f"DenseNet{n}", 97, {}) for n in [121, 169, 201]),
    *((f"convnext-{name.lower()}", f"ConvNeXt{name}", 64, {"include_preprocessing": False})
      for name in ["Tiny", "Small", "Base", "Large"]),
]
FORMATS = ["h5", "weights.h5", "keras"]
REPRODUCIBLE = 4e-5


def build(reference, size, arguments):
    if callable(reference):
        return reference(size)
    # Layers without a name of their own are numbered from the first again.
    keras.backend.clear_session()
    options = {"weights": None, "classifier_activation": None, "input_shape": (size, size, 3)}
    options.update(arguments)
    if not options.get("include_top", True):
        options["pooling"] = "avg"
    return getattr(keras.applications, reference)(**options)


def randomize(model, images, random):
    """Gives every layer, in order, values that keep its results of size 1, and most of its
    activations where they have no kink."""
    for layer in leaves(model):
        for variable in layer.weights:
            shape, name = variable.shape, variable.name
            if isinstance(layer, keras.layers.Normalization):
                values = {"mean": [0.485, 0.456, 0.406], "variance": [0.229**2, 0.224**2, 0.225**2]}.get(name, 0)
                values = numpy.reshape(values, variable.shape) if name != "count" else 0
            elif "kernel" in name:
                fan = numpy.prod(shape[:-1]) if not isinstance(layer, keras.layers.DepthwiseConv2D) else shape[0] * shape[1]
                values = random.normal(size=shape) * numpy.sqrt(1.5 / fan)
            elif name == "gamma":
                values = random.uniform(0.35, 0.6, shape)
            elif name in ("bias", "beta"):
                values = random.choice([-3] + 7 * [3], shape) + 0.1 * random.normal(size=shape)
                if not isinstance(layer, keras.layers.BatchNormalization):
                    values = values * 0.1
            elif name == "moving_variance":
                values = random.uniform(0.5, 1.5, shape)
            else:
                values = random.uniform(0.5, 0.9, shape) if "scale" in layer.name else 0.1 * random.normal(size=shape)
            variable.assign(values)
        finalize(layer)
    calibrate(model, images)


def finalize(layer):
    """Makes a layer use what was assigned to its variables."""
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()


def leaves(layer):
    parts = getattr(layer, "layers", None)
    return [layer] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def calibrate(model, images):
    """Sets stored statistics to those of some images, from the first layer to the last."""
    normalizations = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not normalizations:
        return
    # A training pass with momentum 0 stores the batch's statistics of every layer at once.
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum
        # Channels that hardly vary would make rounding errors large.
        variance = numpy.asarray(layer.moving_variance)
        layer.moving_variance.assign(numpy.maximum(variance, 0.2 * variance.mean()))


def gradients(model, images, labels, variables):
    images = tensorflow.convert_to_tensor(images)
    with tensorflow.GradientTape() as tape:
        tape.watch(images)
        logits = model(images, training=False)
        losses = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        loss = tensorflow.reduce_mean(losses)
    values = tape.gradient(loss, [images] + [variable.value for variable in variables])
    return loss.numpy(), [value.numpy() for value in values]


def channels_first(array):
    array = numpy.asarray(array)
    return array.transpose(0, 3, 1, 2) if array.ndim == 4 else array


def difference(value, exact):
    return float(numpy.abs(value - exact).max() / max(numpy.abs(exact).max(), 1e-300))


def pixels_for(reference, arguments):
    """From what Graft takes to what the model takes, and how much one changes with the other."""
    if not callable(reference) and reference.startswith("EfficientNetB"):
        deviation = numpy.array([0.229, 0.224, 0.225])
        return lambda x: (x * deviation + [0.485, 0.456, 0.406]) * 255, deviation * 255
    return lambda x: x, numpy.ones(3)


def make_case(folder, case, options, save=None, class_count=1000):
    """Writes the files of a case; `save` does that for a model's weights and gives their name."""
    name, reference, size, arguments = case
    seed = sum(map(ord, name))
    random = numpy.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    has_top = arguments.get("include_top", True)
    keras.backend.set_floatx("float32")
    model = build(reference, size, arguments)
    to_pixels, factor = pixels_for(reference, arguments)
    calibration = to_pixels(random.normal(size=(8, size, size, 3)))
    randomize(model, calibration.astype("float32"), random)
    kind = options.format or FORMATS[seed % len(FORMATS)]
    weights = f"model.{kind}" if kind == "keras" else f"weights.{kind}"
    if save is not None:
        weights = save(folder, model)
    elif kind == "weights.h5":
        model.save_weights(folder / weights)
    else:
        model.save(folder / weights)
    keras.backend.set_floatx("float64")
    exact = build(reference, size, arguments)
    exact.set_weights(model.get_weights())
    for layer in exact.layers:
        finalize(layer)
    keras.backend.set_floatx("float32")

    layers = [layer for layer in leaves(model) if layer.trainable_weights]
    chosen = sorted({0, len(layers) - 1, *range(0, len(layers), max(1, len(layers) // 7))})
    def variables(of):
        found = [layer for layer in leaves(of) if layer.trainable_weights]
        return [found[index].trainable_weights[0] for index in chosen]
    names = [f"{layers[index].name}/{layers[index].trainable_weights[0].name}" for index in chosen]
    labels = (numpy.arange(options.batch) * 7 + 3) % class_count
    for _ in range(3):
        images = random.normal(size=(options.batch, size, size, 3)).astype(options.image_type)
        pixels = to_pixels(images.astype("float64"))
        loss, values = gradients(exact, pixels, labels, variables(exact))
        errors = [0.0] * len(values)
        # Another implementation rounds differently: as if the images were a little different.
        for noise in (0, *[3e-6] * 6):
            noisy = to_pixels(images + noise * random.normal(size=images.shape)).astype("float32")
            _, rounded = gradients(model, noisy, labels, variables(model))
            errors = [max(error, difference(a, b)) for error, a, b in zip(errors, rounded, values)]
        if max(errors) < REPRODUCIBLE:
            break
    values[0] = channels_first(values[0] * factor)
    recorded = [layer for layer in exact.layers if not isinstance(layer, (
        keras.layers.InputLayer, keras.layers.Rescaling, keras.layers.Normalization,
        keras.layers.ZeroPadding2D, keras.layers.Reshape, keras.layers.Dropout, keras.layers.Flatten,
        keras.layers.GlobalAveragePooling2D))]
    step = max(1, len(recorded) // options.layer_count)
    recorded = recorded[::step]
    outputs = keras.Model(exact.inputs, [layer.output for layer in recorded] + [exact.output])(pixels)
    start = time.perf_counter()
    model(pixels.astype("float32"), training=False)
    seconds = time.perf_counter() - start
    tensors = {"input": channels_first(images),
               "labels": labels.astype("int32"), "loss": numpy.reshape(loss, 1)}
    tensors["logits" if has_top else "act.output"] = outputs[-1].numpy()
    tensors.update({f"act.{layer.name}": channels_first(output) for layer, output in zip(recorded, outputs)})
    kept = [i for i, error in enumerate(errors) if error < REPRODUCIBLE]
    tensors.update({f"grad.{(['input'] + names)[i]}": values[i] for i in kept})
    types = {"labels": "int32", "input": options.image_type}
    tensors = {key: numpy.ascontiguousarray(value.astype(types.get(key, "float32")))
               for key, value in tensors.items()}
    save_file(tensors, folder / "golden.safetensors")
    return {"backbone": name, "source": "keras", "reference": f"keras {reference} {kind}", "weights": weights,
            "size": size, "includesTop": has_top, "referenceSeconds": seconds,
            "parameterCount": int(sum(numpy.prod(v.shape) for v in model.trainable_weights)),
            "gradients": f"{len(kept)} of {len(values)}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--batch", type=int, default=2)
    parser.set_defaults(image_type="float32", layer_count=24)
    parser.add_argument("--format", choices=FORMATS, help="of the weights; by default they take turns")
    parser.add_argument("--missing", action="store_true", help="only what the folder doesn't have")
    options = parser.parse_intermixed_args()
    for case in CASES:
        folder = options.folder / f"keras-{case[0]}"
        if options.names and case[0] not in options.names:
            continue
        if options.missing and (folder / "case.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        description = make_case(folder, case, options)
        (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")
        keras.backend.clear_session()
        print(folder, f"{description['gradients']} gradients", flush=True)


if __name__ == "__main__":
    main()
