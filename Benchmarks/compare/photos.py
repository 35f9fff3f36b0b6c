"""Makes JPEG photos to work on: soft waves of colour with a little noise, in two classes."""

import argparse
import pathlib

import numpy as np
from PIL import Image

WIDTH, HEIGHT, QUALITY = 500, 375, 90
CLASSES = ("flat", "steep")


def photo(seed, kind):
    """Waves across or down the picture, by class, so that there is something to learn."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    levels = np.repeat(128 + random.uniform(-8, 8, (HEIGHT, WIDTH, 1)), 3, axis=2)
    for index in range(6):
        slow, fast = random.uniform(-0.01, 0.01), random.uniform(0.03, 0.06)
        across, down = (slow, fast) if kind == "flat" else (fast, slow)
        for channel in range(3):
            levels[..., channel] += 20 * np.sin(across * x + down * y + index * channel)
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def write(folder, count, first_seed):
    """`count` photos, half of each class, in a folder for each class."""
    for number in range(count):
        kind = CLASSES[number % 2]
        path = folder / kind / f"{number:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        photo(first_seed + number, kind).save(path, quality=QUALITY)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--training", type=int, required=True)
    parser.add_argument("--validation", type=int, default=0)
    arguments = parser.parse_args()
    write(arguments.folder / "train", arguments.training, 0)
    write(arguments.folder / "val", arguments.validation, arguments.training)


if __name__ == "__main__":
    main()
