"""Makes the checkpoints that GraftWeightsTests/CheckpointTests reads: one tiny network in the layouts
of training scripts.

Needs torch and numpy; run it in this folder: python3 make_checkpoint_fixtures.py

The parameters of the plain network count from 0 in the order of the state dictionary; averaged ones
are greater by 100, those of a second network by 200.
"""

import argparse
import collections
import dataclasses
import datetime
import enum
import fractions
import functools
import os
import pathlib
import re

import numpy as np
import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkpoints")


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(2, 3, 1, bias=False)
        self.norm = torch.nn.BatchNorm2d(3)
        self.norm.register_buffer("scratch", torch.zeros(5), persistent=False)
        self.fc = torch.nn.Linear(3, 2)


class Ordered(collections.OrderedDict):
    pass


class dotted(dict):
    __getattr__ = dict.get


@dataclasses.dataclass
class Options:
    rate: float = 0.1
    sizes: tuple = (1, 2)


class Slots:
    __slots__ = ("x", "y")

    def __init__(self):
        self.x, self.y = 1, "two"


class Mode(enum.Enum):
    FAST = "fast"


class Pair(collections.namedtuple("Pair", "a b")):
    pass


class Meter:
    """An object that refers to itself, with a state that is no dictionary."""

    def __init__(self):
        self.history = [0.5, self]

    def __getstate__(self):
        return [self.history]

    def __setstate__(self, state):
        self.history = state[0]


def transform(value):
    return value


class Transformed:
    def __reduce__(self):
        return transform, (3,)


def network(offset=0.0):
    net = Tiny().eval()
    count = 0
    for name, tensor in net.state_dict().items():
        if tensor.dtype == torch.float32:
            values = torch.arange(count, count + tensor.numel(), dtype=torch.float32) + offset
            tensor.copy_(values.reshape(tensor.shape))
            count += tensor.numel()
    return net


def state(prefix="", offset=0.0):
    return {prefix + key: value.clone() for key, value in network(offset).state_dict().items()}


def save(name, value, **options):
    torch.save(value, os.path.join(FOLDER, name), **options)


momentum = {
    "state": {0: {"momentum_buffer": torch.zeros(3)}},
    "param_groups": [{"lr": 0.1, "params": [0]}],
}


def data_classes():
    options = argparse.Namespace(
        lr=0.1, ordered=Ordered(a=1), dotted=dotted(b=2), options=Options(), slots=Slots(),
        mode=Mode.FAST, pair=Pair(1, 2), path=pathlib.Path("a/b"),
        date=datetime.datetime(2024, 1, 2), span=datetime.timedelta(3), number=np.float64(91.25),
        whole=np.int64(5), truth=np.bool_(True), array=np.arange(3.0), names=np.array(["x"]),
        objects=np.array([{}, None], dtype=object), groups=collections.defaultdict(list, {1: [2]}),
        counts=collections.Counter("aab"), queue=collections.deque([1, 2], maxlen=3),
        type=torch.float16, shape=torch.Size([1, 2]), device=torch.device("cpu"), chosen={1, 2},
        frozen=frozenset([3]), part=slice(1, 2), complex=3j, ratio=fractions.Fraction(1, 3),
        function=transform, partial=functools.partial(transform, 1), large=1 << 100, raw=b"\xff\x00",
        meter=Meter(), random=np.random.RandomState(0).get_state(), layer=torch.nn.Linear)
    return {"args": options, "best": np.float64(91.25), "seen": np.int64(7), "epoch": 3}


def write_layouts():
    save("metric.pth", {
        "epoch": 1, "state_dict": state("module."), "best_acc1": torch.tensor(71.0),
        "optimizer": momentum})
    save("loss.pth", {"model_state_dict": state(), "loss": torch.tensor(0.3)})
    save("averaged.pth", dict(state("module.", 100), n_averaged=torch.tensor(5)))
    save("ema.pth", {"state_dict": state(), "state_dict_ema": state("module.", 100)})
    save("backbone.pth", {"state_dict": state("backbone.")})
    save("lightning.ckpt", {
        "state_dict": dict(state("model."), **{
            "criterion.weight": torch.ones(4), "accuracy.total": torch.tensor(3)}),
        "hyper_parameters": Ordered(rate=0.1), "callbacks": {Mode: {"best": torch.tensor(0.5)}}})
    save("moco.pth", {"state_dict": {
        **state("module.encoder_k.", 200), **state("module.encoder_q."),
        "module.queue": torch.ones(4, 2), "module.queue_ptr": torch.zeros(1, dtype=torch.int64)}})
    save("deep.pth", {"run": {"model": {"state_dict": state("_orig_mod.student.backbone.")}}})
    save("two.pth", {"first": state(), "second": state("", 200)})
    save("twice.pth", {"best": state(), "last": state()})
    save("extra.pth", {"net": dict(state("backbone."), **{"backbone.extra.weight": torch.ones(2)})})
    save("counter.pth", {"model": dict(state(), **{"stem.calls": torch.tensor(5)})})
    save("number.pth", {"model": dict(state(), **{"stem.scale": torch.tensor(0.5)})})
    save("kinds.pth", {
        "model": state(), "spectrum": torch.ones(2, dtype=torch.complex64),
        "sparse": torch.eye(2).to_sparse(), "made": Transformed()})
    damaged = state()
    damaged["norm.weight"][1] = float("inf")
    damaged["fc.weight"][0, 1] = float("nan")
    save("not_finite.pth", damaged)


def write_data():
    for protocol in [2, 4, 5]:
        save(f"data_{protocol}.pth", {"model": state(), **data_classes()}, pickle_protocol=protocol)
    save(
        "data_legacy.pth", {"model": state(), **data_classes()},
        _use_new_zipfile_serialization=False)
    arrays = {key: value.numpy() for key, value in state().items()}
    arrays["stem.weight"] = np.asfortranarray(arrays["stem.weight"])
    arrays["fc.weight"] = arrays["fc.weight"].astype(">f8")
    save("arrays.pth", {"weights": arrays})
    save("arrays_5.pth", {"weights": arrays}, pickle_protocol=5)


def write_modules():
    save("whole.pth", torch.nn.DataParallel(network()))
    save("whole_legacy.pth", {"ema": network(100)}, _use_new_zipfile_serialization=False)


def hide_folders(name):
    """The old format keeps the path of each class's source: blots out its folders, letter by letter."""
    path = os.path.join(FOLDER, name)
    with open(path, "rb") as file:
        data = file.read()
    blot = lambda match: b"/" + b"_" * (len(match[0]) - 2) + b"/"
    with open(path, "wb") as file:
        file.write(re.sub(rb"(/[\w.+-]+)+/(?=[\w.]+\.py)", blot, data))


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    write_layouts()
    write_data()
    write_modules()
    for name in ["data_legacy.pth", "whole_legacy.pth"]:
        hide_folders(name)
