"""Makes the small weight files that GraftWeightsTests reads, and expected.json with their content.

Needs torch, safetensors and numpy; run it in this folder: python3 make_weight_fixtures.py
"""

import argparse
import collections
import json
import math
import os
import pickle
import types
import zipfile

import numpy as np
import torch
from safetensors.numpy import save_file as save_numpy
from safetensors.torch import save_file as save_torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights")
expected = {}


def path(name):
    return os.path.join(FOLDER, name)


def describe(name, tensors, metadata=None):
    """Notes what a reader must find in the file `name`."""
    entries = {}
    for key, tensor in tensors.items():
        tensor = torch.as_tensor(tensor).detach()
        entries[key] = {
            "type": str(tensor.dtype).removeprefix("torch."),
            "shape": list(tensor.shape),
            "values": [number(value) for value in tensor.to(torch.float32).flatten()],
        }
    expected[name] = {"tensors": entries, "metadata": metadata or {}}


def number(value):
    """JSON has no infinity."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def mixed_tensors():
    generator = torch.Generator().manual_seed(1)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    base = normal(6, 5)
    halves = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, 5.96e-5, float("inf"), 1 / 3])
    return collections.OrderedDict(
        [
            ("conv.weight", normal(4, 3, 3, 3)),
            ("transposed", base.t()),
            ("strided", base[1:5:2, ::2]),
            ("shared.a", base),
            ("shared.b", base[2:]),
            ("expanded", normal(3, 1).expand(3, 4)),
            ("half", halves.half()),
            ("bfloat", (normal(7) * 1e3).bfloat16()),
            ("double", normal(3).double()),
            ("steps", torch.tensor(123456789012)),
            ("int", torch.tensor([[-1, 2], [3, -4]], dtype=torch.int32)),
            ("short", torch.tensor([-300, 300], dtype=torch.int16)),
            ("char", torch.tensor([-128, 127], dtype=torch.int8)),
            ("byte", torch.tensor([0, 255], dtype=torch.uint8)),
            ("bool", torch.tensor([True, False, True])),
            ("empty", torch.zeros(0, 3)),
            ("parameter", torch.nn.Parameter(normal(2, 2))),
        ]
    )


class Python2Pickler(pickle._Pickler):
    """Writes texts and ordered dictionaries as Python 2 did, as in the oldest weight files."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_text(self, text):
        data = text.encode()
        self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        self.memoize(text)

    dispatch[str] = save_text

    def reducer_override(self, value):
        if isinstance(value, collections.OrderedDict):
            return collections.OrderedDict, ([[key, item] for key, item in value.items()],)
        return NotImplemented


def write_pytorch():
    tensors = mixed_tensors()
    torch.save(tensors, path("mixed.pth"))
    torch.save(tensors, path("mixed_protocol4.pth"), pickle_protocol=4)
    torch.save(tensors, path("mixed_legacy.pth"), _use_new_zipfile_serialization=False)
    for name in ["mixed.pth", "mixed_protocol4.pth", "mixed_legacy.pth"]:
        describe(name, tensors)

    few = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([7.0, 8.0])}
    old = types.SimpleNamespace(
        __name__="python2",
        Pickler=Python2Pickler, dump=lambda value, file, protocol: pickle.dump(value, file, 2)
    )
    torch.save(
        collections.OrderedDict(few),
        path("python2_legacy.pth"),
        pickle_module=old,
        _use_new_zipfile_serialization=False,
    )
    describe("python2_legacy.pth", few)

    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    checkpoint = {
        "epoch": 3,
        "arch": "linear",
        "best": 0.5,
        "optimizer": optimizer.state_dict(),
        "scheduler": {"milestones": collections.Counter([10, 20])},
        "state_dict": {"module." + key: value for key, value in few.items()},
    }
    torch.save(checkpoint, path("checkpoint.pth"))
    tensors = {"state_dict." + key: value for key, value in checkpoint["state_dict"].items()}
    for number, entries in checkpoint["optimizer"]["state"].items():
        for key, value in entries.items():
            tensors[f"optimizer.state.{number}.{key}"] = value
    describe("checkpoint.pth", tensors, {"epoch": "3", "arch": "linear", "best": "0.5"})
    nested = {"encoder": few, "stages": [torch.ones(2), {"x": torch.zeros(1)}]}
    torch.save(nested, path("nested.pth"))
    describe(
        "nested.pth",
        {
            "encoder.a.weight": few["a.weight"],
            "encoder.a.bias": few["a.bias"],
            "stages.0": torch.ones(2),
            "stages.1.x": torch.zeros(1),
        },
    )
    return few


def write_archives(few):
    torch.save(few, path("stored.pth"))
    for name, method in [("deflated.pth", zipfile.ZIP_DEFLATED), ("bzip2.pth", zipfile.ZIP_BZIP2)]:
        rewrite_archive("stored.pth", name, method)
    describe("deflated.pth", few)
    limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
    zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 0
    rewrite_archive("stored.pth", "zip64.pth", zipfile.ZIP_STORED)
    zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
    describe("zip64.pth", few)
    describe("stored.pth", few)


def rewrite_archive(source, target, method):
    with zipfile.ZipFile(path(source)) as old, zipfile.ZipFile(path(target), "w") as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            new.writestr(info, old.read(name))


def write_big_endian(few):
    """As a big-endian machine writes them: archives in its own order, older files in little-endian order, but
    for what they say of the machine. torch.load reads both here."""
    with zipfile.ZipFile(path("stored.pth")) as old, zipfile.ZipFile(path("big_endian.pth"), "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("/byteorder"):
                data = b"big"
            elif "/data/" in name:
                data = np.frombuffer(data, "<f4").byteswap().tobytes()
            new.writestr(zipfile.ZipInfo(name), data)
    torch.save(few, path("big_endian_legacy.pth"), _use_new_zipfile_serialization=False)
    with open(path("big_endian_legacy.pth"), "r+b") as file:
        data = bytearray(file.read())
        place = data.index(b"\x88", data.index(b"little_endian"))
        data[place : place + 1] = pickle.NEWFALSE
        file.seek(0)
        file.write(data)
    for name in ["big_endian.pth", "big_endian_legacy.pth"]:
        for key, value in torch.load(path(name)).items():
            assert torch.equal(value, few[key])
        describe(name, few)


class Command:
    def __reduce__(self):
        return os.system, ("touch graft_was_here",)


class LateCommand:
    """Runs when its state is set rather than when it is made."""

    def __reduce__(self):
        return collections.OrderedDict, (), None, None, iter([("key", Command())])


def write_hostile(few):
    torch.save({**few, "evil": Command()}, path("command.pth"))
    torch.save(
        {**few, "evil": LateCommand()}, path("command_legacy.pth"),
        _use_new_zipfile_serialization=False,
    )
    torch.save({**few, "args": argparse.Namespace(rate=0.1)}, path("namespace.pth"))
    torch.save(torch.nn.Linear(3, 2), path("module.pth"))
    with open(path("plain.pkl"), "wb") as file:
        pickle.dump({"a": [1.0, 2.0]}, file)


def write_safetensors():
    tensors = {key: value.contiguous() for key, value in mixed_tensors().items()}
    tensors = {key: value.detach().clone() for key, value in tensors.items()}
    save_torch(tensors, path("mixed.safetensors"), {"format": "pt", "note": 'qu"ote \u00e9'})
    describe("mixed.safetensors", tensors, {"format": "pt", "note": 'qu"ote \u00e9'})
    counts = {
        "u16": np.array([65535], np.uint16),
        "u32": np.array([2**31], np.uint32),
        "u64": np.array([2**63], np.uint64),
    }
    save_numpy(counts, path("unsigned.safetensors"))
    describe("unsigned.safetensors", {key: torch.tensor(value) for key, value in counts.items()})


    few = {"b": torch.arange(4.0), "a/\u00e9": torch.ones(2, 3), "c": torch.tensor(2.0)}
    save_torch(few, path("few.safetensors"), {"format": "pt"})
    describe("few.safetensors", few, {"format": "pt"})


def write_numpy():
    generator = np.random.default_rng(2)
    arrays = {
        "kernel": generator.standard_normal((3, 4, 2)).astype(np.float32),
        "reversed": np.asfortranarray(generator.standard_normal((3, 4)).astype(np.float32)),
        "big_endian": np.arange(5).astype(">i4"),
        "half": np.array([0.5, 1.5], np.float16),
        "scalar": np.float64(2.5),
    }
    np.savez(path("arrays.npz"), **arrays)
    np.savez_compressed(path("arrays_compressed.npz"), **arrays)
    native = {
        key: torch.tensor(value.astype(value.dtype.newbyteorder("="), order="C"))
        for key, value in arrays.items()
    }
    describe("arrays.npz", native)
    describe("arrays_compressed.npz", native)
    np.save(path("array.npy"), arrays["reversed"])
    describe("array.npy", {"arr_0": native["reversed"]})
    np.savez(path("objects.npz"), a=np.array([{}, []], dtype=object))


class Network(torch.nn.Module):
    """One layer of each layout."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 4, (1, 3), bias=False)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.depthwise = torch.nn.Conv2d(4, 8, 3, groups=4)
        self.fc1 = torch.nn.Linear(8 * 2 * 3, 5)
        self.fc = torch.nn.Linear(5, 3)


def write_network():
    torch.manual_seed(3)
    network = Network()
    state = network.state_dict()
    for key in ["bn1.running_mean", "bn1.running_var"]:
        state[key].copy_(torch.rand(4))
    torch.save(state, path("network.pth"))
    describe("network.pth", state)
    flattened = state["fc1.weight"].reshape(5, 8, 2, 3).permute(2, 3, 1, 0).reshape(-1, 5)
    describe(
        "network in Graft's layout",
        {
            "conv1.weight": state["conv1.weight"].permute(2, 3, 1, 0),
            "bn1.weight": state["bn1.weight"],
            "bn1.bias": state["bn1.bias"],
            "bn1.running_mean": state["bn1.running_mean"],
            "bn1.running_var": state["bn1.running_var"],
            "depthwise.weight": state["depthwise.weight"].permute(2, 3, 1, 0),
            "depthwise.bias": state["depthwise.bias"],
            "fc1.weight": flattened,
            "fc1.bias": state["fc1.bias"],
            "fc.weight": state["fc.weight"].t(),
            "fc.bias": state["fc.bias"],
        },
    )


os.makedirs(FOLDER, exist_ok=True)
few_tensors = write_pytorch()
write_archives(few_tensors)
write_big_endian(few_tensors)
write_hostile(few_tensors)
write_safetensors()
write_numpy()
write_network()
with open(path("expected.json"), "w") as file:
    json.dump(expected, file, separators=(",", ":"))
