#!/usr/bin/env python3
"""Makes `exports`: the networks of `backbones` as PyTorch exports them to ONNX, and as Keras saves them
inside of a model that was compiled and trained. Their results are those in `backbones`.

    python make_export_fixtures.py torch       needs what make_backbone_fixtures.py needs, and onnxscript
    python make_export_fixtures.py keras       needs keras and tensorflow
    python make_export_fixtures.py tf_keras    needs tf_keras, which is Keras 2
    python make_export_fixtures.py tf2onnx     needs keras, tensorflow and tf2onnx
"""
import io
import json
import os
import pathlib
import sys
import zipfile

import numpy

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "exports"
CLASSES = 5


def export_torch():
    import make_backbone_fixtures
    import onnx
    import torch
    from safetensors.torch import load_file

    wanted = {"resnet-basic": ["default", "torchscript"], "googlenet": ["torchscript"],
              "densenet": ["torchscript"], "convnext": ["default", "torchscript"]}
    for name, _, model, size, _ in make_backbone_fixtures.networks():
        for kind in wanted.get(name, []):
            state = load_file(HERE / "backbones" / name / "weights.safetensors")
            model.load_state_dict({key: value.float() for key, value in state.items()})
            file = FOLDER / f"{name}-{kind}.onnx"
            options = {"dynamo": False} if kind == "torchscript" else {
                "verbose": False, "external_data": name == "resnet-basic"}
            torch.onnx.export(model.eval(), torch.zeros(1, 3, size, size), file, **options)
            network = onnx.load(file, load_external_data=False)
            for node in network.graph.node:
                # The exporter's notes on where each node comes from are longer than the weights.
                del node.metadata_props[:]
                node.ClearField("doc_string")
            del network.graph.value_info[:]
            file.write_bytes(network.SerializeToString())


def export_tf2onnx():
    """The networks of Keras in `backbones`, whose normalizations tf2onnx folds as far as it can: what is
    left are products and sums."""
    import make_keras_backbone_fixtures as networks
    import tensorflow
    import tf2onnx
    from safetensors.numpy import load_file

    for name, make in [("mobilenetv1-keras", networks.mobile), ("resnetv2", networks.preactivated)]:
        size = json.loads((HERE / "backbones" / name / "case.json").read_text())["size"]
        model = make(size)
        values = load_file(HERE / "backbones" / name / "weights.safetensors")
        for layer in model.layers:
            for variable in layer.weights:
                variable.assign(values[f"{layer.name}/{variable.name}"].astype("float32"))
        image = tensorflow.TensorSpec((None, size, size, 3), tensorflow.float32, name="input")
        predict = tensorflow.function(lambda x: model(x, training=False), input_signature=[image])
        tf2onnx.convert.from_function(
            predict, input_signature=[image], opset=17, output_path=FOLDER / f"{name}-tf2onnx.onnx")


def base(keras, resnet, stack):
    """The network of `backbones/resnet-keras` without its classifier."""
    from safetensors.numpy import load_file

    def blocks(x):
        for index, filters in enumerate([64, 128, 256, 512]):
            x = stack(x, filters, 1, stride1=min(2, index + 1), name=f"conv{index + 2}")
        return x

    model = resnet.ResNet(blocks, False, True, include_top=False, weights=None, input_shape=(37, 37, 3))
    config = model.get_config()
    for layer in config["layers"]:
        layer.pop("build_config", None)
        if "filters" in layer["config"]:
            layer["config"]["filters"] //= 32
    model = keras.Model.from_config(config)
    values = load_file(HERE / "backbones/resnet-keras/weights.safetensors")
    for layer in model.layers:
        for variable in layer.weights:
            value = values[f"{layer.name}/{variable.name.split('/')[-1].split(':')[0]}"]
            variable.assign(value.astype("float32"))
    model.trainable = False
    return model


def train(keras, model, name):
    """As tutorials do: augmented, frozen, with a head of its own, compiled and trained for a step."""
    layers = keras.layers
    image = keras.Input((37, 37, 3))
    x = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])(image)
    x = layers.Rescaling(1.0)(x)
    x = model(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.BatchNormalization()(x)
    x = layers.Dense(4, activation="relu")(x)
    whole = keras.Model(image, layers.Dense(CLASSES, activation="softmax", name="answers")(x))
    whole.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    whole.fit(numpy.zeros((2, 37, 37, 3)), numpy.eye(CLASSES)[:2], verbose=0)
    file = FOLDER / f"{name}.keras"
    whole.save(file)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as old, zipfile.ZipFile(
            file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for entry in old.namelist():
            info = zipfile.ZipInfo(entry)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(entry), compresslevel=9)


def main():
    FOLDER.mkdir(exist_ok=True)
    kind = sys.argv[1]
    if kind == "torch":
        export_torch()
    elif kind == "tf2onnx":
        export_tf2onnx()
    elif kind == "keras":
        import keras
        from keras.src.applications import resnet
        train(keras, base(keras, resnet, resnet.stack_residual_blocks_v1), "keras3")
    else:
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
        import tf_keras
        from tf_keras.src.applications import resnet
        train(tf_keras, base(tf_keras, resnet, resnet.stack1), "keras2")


if __name__ == "__main__":
    main()
