"""Reads float32 safetensors files with numpy alone."""

import json
import struct

import numpy as np


def load(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    # Mapped, so that what nobody reads takes no memory.
    data = np.asarray(np.memmap(path, np.uint8, mode="r", offset=8 + length))
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        begin, end = entry["data_offsets"]
        tensors[name] = data[begin:end].view(np.float32).reshape(entry["shape"])
    return tensors
