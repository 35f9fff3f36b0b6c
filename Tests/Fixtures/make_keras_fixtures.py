"""Makes the small Keras, HDF5 and ONNX files that GraftWeightsTests reads.

Needs keras (with tensorflow-cpu), h5py, onnx, onnxruntime and numpy; run it in this folder:
python3 make_keras_fixtures.py
"""

import json
import os
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights")
expected = {}


def path(name):
    return os.path.join(FOLDER, name)


def describe(name, arrays, metadata=None):
    """Notes what a reader must find in the file `name`."""
    entries = {}
    for key, array in arrays.items():
        array = np.asarray(array)
        entries[key] = {
            "type": str(array.dtype),
            "shape": list(array.shape),
            "values": [float(value) for value in array.astype(np.float32).flatten()],
        }
    expected[name] = {"tensors": entries, "metadata": metadata or {}}


def network():
    """One layer of each layout; the dense layer follows a flatten."""
    keras.utils.set_random_seed(4)
    image = keras.Input((4, 5, 3))
    x = keras.layers.Conv2D(4, (1, 3), use_bias=False, name="conv1_conv")(image)
    x = keras.layers.BatchNormalization(name="conv1_bn")(x)
    x = keras.layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(x)
    x = keras.layers.BatchNormalization(scale=False)(x)
    x = keras.layers.Conv2D(2, 1)(x)
    x = keras.layers.Dropout(0.5)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(3, name="predictions")(x)
    model = keras.Model(image, x)
    generator = np.random.default_rng(5)
    model.set_weights(
        [generator.uniform(0.1, 1, w.shape).astype(np.float32) for w in model.get_weights()]
    )
    return model


def variables(model, rename=None):
    """Layer and variable by name, as Keras says them."""
    rename = rename or {}
    return {
        f"{rename.get(layer.name, layer.name)}/{variable.name}": variable.numpy()
        for layer in model.layers
        for variable in layer.weights
        if "seed" not in variable.name
    }


def write_keras():
    # Built twice, so that the names Keras makes up do not start from zero.
    network()
    model = network()
    made_up = {
        layer.name: layer.name.rsplit("_", 1)[0]
        for layer in model.layers
        if layer.name.startswith(("conv2d", "batch_normalization"))
    }
    assert len(made_up) == 2 and all(key != value for key, value in made_up.items())
    weights = variables(model, made_up)
    model.save_weights(path("keras.weights.h5"))
    describe("keras.weights.h5", weights)
    model.save(path("keras.keras"))
    describe("keras.keras", weights)
    with zipfile.ZipFile(path("keras.keras")) as archive:
        inner = archive.read("model.weights.h5")
    with zipfile.ZipFile(path("keras_deflated.keras"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", inner)
    describe("keras_deflated.keras", weights)

    # Before Keras 3.6, layers had no names in the file.
    model.save_weights(path("keras_unnamed.weights.h5"))
    classes = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization"}
    classes |= {"DepthwiseConv2D": "depthwise_conv2d", "Dense": "dense"}
    counts, by_class = {}, {}
    for layer in model.layers:
        kind = classes.get(type(layer).__name__)
        if kind:
            number = counts.get(kind, 0)
            counts[kind] = number + 1
            by_class[layer.name] = "layers/" + (f"{kind}_{number}" if number else kind)
    with h5py.File(path("keras_unnamed.weights.h5"), "a") as file:
        file.visititems(lambda _, item: item.attrs.pop("name", None) and None)
    describe("keras_unnamed.weights.h5", variables(model, by_class))

    graft = {
        "conv1.weight": weights["conv1_conv/kernel"],
        "bn1.weight": weights["conv1_bn/gamma"],
        "bn1.bias": weights["conv1_bn/beta"],
        "bn1.running_mean": weights["conv1_bn/moving_mean"],
        "bn1.running_var": weights["conv1_bn/moving_variance"],
        "depthwise.weight": weights["depthwise/kernel"].reshape(3, 3, 1, 8),
        "depthwise.bias": weights["depthwise/bias"],
        "bn2.bias": weights["batch_normalization/beta"],
        "bn2.running_mean": weights["batch_normalization/moving_mean"],
        "bn2.running_var": weights["batch_normalization/moving_variance"],
        "conv2.weight": weights["conv2d/kernel"],
        "conv2.bias": weights["conv2d/bias"],
        "fc.weight": weights["predictions/kernel"],
        "fc.bias": weights["predictions/bias"],
    }
    describe("keras network in Graft's layout", graft)


def write_whole_model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="head")])
    model.compile("adam", "mse")
    model.fit(np.ones((2, 2)), np.ones((2, 2)), verbose=0)
    model.save(path("keras_model.h5"))
    tensors = variables(model)
    with h5py.File(path("keras_model.h5")) as file:
        group = file["optimizer_weights"]
        metadata = {key: file.attrs[key] for key in ["backend", "keras_version"]}

        def note(name, item):
            if isinstance(item, h5py.Dataset):
                tensors["optimizer/" + name] = item[()]

        group.visititems(note)
    describe("keras_model.h5", tensors, metadata)


def write_legacy():
    generator = np.random.default_rng(6)

    def random(*shape):
        return generator.standard_normal(shape).astype(np.float32)

    kernel, depthwise, bias = random(3, 3, 2, 4), random(3, 3, 4, 1), random(4)
    with h5py.File(path("keras2.h5"), "w") as file:
        file.attrs["keras_version"] = b"2.2.4"
        file["conv2d_7/conv2d_7/kernel:0"] = kernel
        file["conv2d_7/conv2d_7/bias:0"] = bias
        file["conv2d_12/conv2d_12/kernel:0"] = kernel + 1
        file["conv_dw_1/conv_dw_1/depthwise_kernel:0"] = depthwise
        file["resnet50/conv1_conv/kernel:0"] = kernel + 2
    describe(
        "keras2.h5",
        {
            "conv2d/kernel": kernel,
            "conv2d/bias": bias,
            "conv2d_1/kernel": kernel + 1,
            "conv_dw_1/kernel": depthwise,
            "conv1_conv/kernel": kernel + 2,
        },
        {"keras_version": "2.2.4"},
    )
    with h5py.File(path("keras1.h5"), "w") as file:
        file["block1_conv1/block1_conv1_W_1:0"] = kernel
        file["block1_conv1/block1_conv1_b_1:0"] = bias
        file["bn_conv1/bn_conv1_gamma:0"] = bias + 1
        file["bn_conv1/bn_conv1_running_std:0"] = bias + 2
    describe(
        "keras1.h5",
        {
            "block1_conv1/kernel": kernel,
            "block1_conv1/bias": bias,
            "bn_conv1/gamma": bias + 1,
            "bn_conv1/moving_variance": bias + 2,
        },
    )


def write_hdf5():
    generator = np.random.default_rng(7)
    values = generator.standard_normal((10, 7, 3)).astype(np.float32)
    with h5py.File(path("hdf5_chunked.h5"), "w") as file:
        file.create_dataset("a/plain", data=values, chunks=(4, 3, 2))
        file.create_dataset(
            "a/packed", data=values, chunks=(4, 4, 3), compression="gzip", shuffle=True,
            fletcher32=True,
        )
        file.create_dataset("a/many", data=np.arange(500, dtype=np.int16), chunks=(3,))
    describe(
        "hdf5_chunked.h5",
        {"a/plain": values, "a/packed": values, "a/many": np.arange(500, dtype=np.int16)},
    )
    brain = generator.standard_normal(5).astype(ml_dtypes.bfloat16)
    types = {
        "a/big": np.arange(4, dtype=">f4"),
        "a/half": np.array([0.5, -2], np.float16),
        "a/double": np.array(2.5),
        "a/counts": np.array([2**32 - 1], np.uint32),
        "a/truth": np.array([True, False]),
        "a/empty": np.zeros((0, 3), np.float32),
    }
    with h5py.File(path("hdf5_types.h5"), "w", userblock_size=512) as file:
        for name, value in types.items():
            file[name] = value
        file["a/brain"] = brain
        file["a/brain"].attrs["dtype"] = "bfloat16"
        file["a/text"] = "not a number"
        file["a/alias"] = h5py.SoftLink("/a/half")
        file["b/elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    native = {key: value.astype(value.dtype.newbyteorder("=")) for key, value in types.items()}
    describe("hdf5_types.h5", {**native, "a/brain": brain})
    with h5py.File(path("hdf5_latest.h5"), "w", libver="latest") as file:
        file["a/b"] = values
        file["a/c"] = values[0]
        file.attrs["backend"] = "tensorflow"
    describe("hdf5_latest.h5", {"a/b": values, "a/c": values[0]}, {"backend": "tensorflow"})
    with h5py.File(path("hdf5_dense.h5"), "w", libver="latest") as file:
        for index in range(20):
            file[f"a{index}"] = np.zeros(1)
    with h5py.File(path("hdf5_sparse.h5"), "w") as file:
        file.create_dataset("bomb", shape=(1 << 20, 1 << 20), dtype="f4", chunks=(1024, 1024))
    with h5py.File(path("hdf5_loop.h5"), "w") as file:
        file["a/b"] = np.ones(2, np.float32)
        file["a/c"] = file["/"]
        file["a/d"] = file["a"]
    describe("hdf5_loop.h5", {"a/b": np.ones(2, np.float32)})


def write_onnx():
    generator = np.random.default_rng(8)

    def random(*shape):
        return generator.standard_normal(shape).astype(np.float32)

    kernel, bias, dense = random(4, 3, 3, 3), random(4), random(2, 4)
    initializers = [
        numpy_helper.from_array(kernel, "conv.weight"),
        numpy_helper.from_array(bias, "conv.bias"),
        numpy_helper.from_array(np.array([0, -1], np.int64), "shape"),
        numpy_helper.from_array(dense, "fc.weight"),
    ]
    nodes = [
        helper.make_node(
            "Conv", ["input", "conv.weight", "conv.bias"], ["conv"], "conv", pads=[1, 1, 1, 1],
            auto_pad="NOTSET",
        ),
        helper.make_node("LeakyRelu", ["conv"], ["relu"], "relu", alpha=0.25),
        helper.make_node("GlobalAveragePool", ["relu"], ["pool"], "pool"),
        helper.make_node("Reshape", ["pool", "shape"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", "fc.weight"], ["output"], "fc", transB=1),
    ]
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 2])],
        initializers,
    )
    model = helper.make_model(
        graph, producer_name="Graft", opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
        doc_string="A small network.",
    )
    helper.set_model_props(model, {"classes": "ant,bee", "licence": "none"})
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    assert session.run(None, {"input": random(1, 3, 8, 8)})[0].shape == (1, 2)
    with open(path("small.onnx"), "wb") as file:
        file.write(model.SerializeToString())
    arrays = {item.name: numpy_helper.to_array(item) for item in initializers}
    describe(
        "small.onnx", arrays, {"producer": "Graft", "classes": "ant,bee", "licence": "none"}
    )

    half = np.array([1.5, -2], np.float16)
    typed = [
        helper.make_tensor("float", TensorProto.FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0]),
        helper.make_tensor("double", TensorProto.DOUBLE, [1], [2.5]),
        helper.make_tensor("long", TensorProto.INT64, [2], [-5, 7]),
        helper.make_tensor("byte", TensorProto.INT8, [2], [-5, 7]),
        helper.make_tensor("half", TensorProto.FLOAT16, [2], half),
        helper.make_tensor("scalar", TensorProto.FLOAT, [], [9.0]),
        helper.make_tensor("text", TensorProto.STRING, [1], [b"no number"]),
    ]
    model = helper.make_model(helper.make_graph([], "typed", [], [], typed), ir_version=8)
    onnx.save(model, path("typed.onnx"))
    arrays = {item.name: numpy_helper.to_array(item) for item in typed[:-1]}
    describe("typed.onnx", arrays)
    external = numpy_helper.from_array(dense, "fc.weight")
    onnx.external_data_helper.set_external_data(external, "/etc/hostname")
    external.ClearField("raw_data")
    external.data_location = TensorProto.EXTERNAL
    model = helper.make_model(helper.make_graph([], "external", [], [], [external]))
    with open(path("external.onnx"), "wb") as file:
        file.write(model.SerializeToString())


write_keras()
write_whole_model()
write_legacy()
write_hdf5()
write_onnx()
with open(path("keras_expected.json"), "w") as file:
    json.dump(expected, file, separators=(",", ":"))
