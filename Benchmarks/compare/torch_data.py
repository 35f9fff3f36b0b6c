"""Photos a second that torchvision with Pillow decodes, resizes and normalizes on one thread."""

import argparse
import io
import json
import pathlib
import time

import PIL
import torch
from PIL import Image

from torchvision_import import torchvision


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=pathlib.Path, nargs="+")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--duration", type=float, default=2.0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transforms = torchvision().transforms
    prepare = transforms.Compose(
        [
            transforms.Resize(arguments.size * 256 // 224),
            transforms.CenterCrop(arguments.size),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    files = [path.read_bytes() for path in arguments.photos]
    times = []
    begin = time.perf_counter()
    while not times or time.perf_counter() - begin < arguments.duration:
        start = time.perf_counter()
        for file in files:
            prepare(Image.open(io.BytesIO(file)).convert("RGB"))
        times.append((time.perf_counter() - start) * 1000 / len(files))
    # The first pass warms up.
    version = f"torchvision {torchvision().__version__}, Pillow {PIL.__version__}"
    print(json.dumps({"timesMilliseconds": times[1:] or times, "version": version}))


if __name__ == "__main__":
    main()
