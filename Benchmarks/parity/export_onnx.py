#!/usr/bin/env python3
"""Exports every backbone as safetensors and ONNX, and compares with PyTorch what onnxruntime computes.

    python export_onnx.py GRAFT [NAME...] [--tolerance T] [--bundle BUNDLE PHOTO]

GRAFT is the command. For each backbone: random weights from Graft with normalizations and biases made
less regular; `graft export` as ONNX, channels first and channels last; onnx's checker; onnxruntime on
two random images and on one. The reference is torchvision's or timm's network, which loads the
exported safetensors as they are, or, where neither has the network, Graft itself. The largest
difference of the logits, over their largest magnitude, must be below the tolerance. With --bundle, a
trained model is exported and compared with `graft predict` on a photo instead. Needs torch,
torchvision, timm, onnx, onnxruntime and safetensors. Where torchvision is built for CUDA beside a CPU
build of torch, import what declares its operators first.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.numpy import load_file, save_file

from generate import CASES, build


class Comparison:
    """One backbone in a folder of its own."""

    def __init__(self, graft, name, folder):
        self.graft, self.name, self.folder = graft, name, pathlib.Path(folder)
        case = next((case for case in CASES if case[0] == name and case[4]), None)
        self.source, self.original = case[1:3] if case else (None, None)
        self.size = case[3] if case else 96
        self.weights = self.folder / "weights.safetensors"

    def run(self, *command):
        result = subprocess.run([self.graft, *map(str, command)], capture_output=True, text=True)
        if result.returncode:
            raise RuntimeError(result.stderr.strip())
        return result.stdout

    def export(self, weights, form, output, *more):
        self.run("export", "--backbone", self.name, "--weights", weights, "--size", self.size,
                 "--format", form, "--output", self.folder / output, *more)
        return self.folder / output

    def make_weights(self, scale):
        generator = np.random.default_rng(0)
        tensors = load_file(self.export("random", "safetensors", "random.safetensors"))
        for name, values in tensors.items():
            if values.ndim > 1:
                continue
            noise = generator.standard_normal(values.shape).astype(np.float32)
            is_scale = name.endswith("running_var") or (name.endswith("weight") and values.mean() == 1)
            centre = 1 if name.endswith("running_var") else scale
            tensors[name] = np.abs(centre + 0.1 * noise) if is_scale else values + 0.1 * noise
        save_file(tensors, self.weights)

    def reference(self, images):
        """The logits, who computed them, and the error of that in single precision, if known."""
        if self.source is None:
            path = self.folder / "input.safetensors"
            save_file({"input": images}, path)
            self.run("features", "--backbone", self.name, "--weights", self.weights, "--size", self.size,
                     "--input", path, "--input-layout", "nchw", "--layers", "logits", "--device", "cpu",
                     "--output", self.folder / "output.safetensors")
            return load_file(self.folder / "output.safetensors")["logits"], "Graft", 0
        model = build(self.source, self.original).eval()
        exported = load_file(self.export(self.weights, "safetensors", "exported.safetensors"))
        result = model.load_state_dict({k: torch.from_numpy(v) for k, v in exported.items()}, strict=False)
        lacking = [k for k in result.missing_keys
                   if not k.endswith("num_batches_tracked") and not k.lower().startswith("aux")]
        assert not lacking and not result.unexpected_keys, (lacking, result.unexpected_keys)
        with torch.no_grad():
            logits = model(torch.from_numpy(images)).numpy()
            exact = model.double()(torch.from_numpy(images).double()).numpy()
        return logits, self.source, np.abs(logits - exact).max() / np.abs(exact).max()

    def errors(self):
        images = np.random.default_rng(1).standard_normal((2, 3, self.size, self.size)).astype(np.float32)
        # In the deepest networks values that grow from block to block would tell rounding errors alone.
        for scale in [1, 0.92, 0.85, 0.8, 0.75]:
            self.make_weights(scale)
            expected, self.project, own_error = self.reference(images)
            if own_error < 1e-5:
                break
        for layout in ["nchw", "nhwc"]:
            path = self.export(self.weights, "onnx", "model.onnx", "--input-layout", layout)
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            self.node_count, self.version = len(model.graph.node), model.opset_import[0].version
            given = images if layout == "nchw" else np.ascontiguousarray(images.transpose(0, 2, 3, 1))
            session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
            found = [session.run(None, {"input": given[:count]})[0] for count in [2, 1]]
            yield max(np.abs(f - expected[:len(f)]).max() for f in found) / np.abs(expected).max()


def compare_bundle(graft, bundle, photo, tolerance):
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "bundle.onnx"
        subprocess.run([graft, "export", bundle, "--format", "onnx", "--output", path], check=True)
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        # A square photo of the size that the rule asks for is cut, but not resized.
        how = json.loads(metadata["preprocessing"])
        side = how["size"]["width"]
        assert how["channelOrder"] == "rgb" and how["size"]["height"] == side, how
        resized = how["resizeRule"].get("shorterSideThenCentreCrop", {}).get("resize", side)
        prepared = pathlib.Path(folder) / "photo.png"
        Image.open(photo).convert("RGB").resize((resized, resized)).save(prepared)
        start = (resized - side) // 2
        pixels = np.asarray(Image.open(prepared), np.float32)[start:start + side, start:start + side]
        values = (pixels * how["scale"] - how["mean"]) / how["standardDeviation"]
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        logits = session.run(None, {"input": values.astype(np.float32).transpose(2, 0, 1)[None]})[0][0]
        probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        output = subprocess.run([graft, "predict", bundle, prepared, "--json"], check=True,
                                capture_output=True, text=True).stdout.splitlines()[-1]
        found = json.loads(output)["predictions"][0]
        best = json.loads(metadata["classes"])[int(probabilities.argmax())]
        error = abs(found["probability"] - probabilities.max())
        print(f"{bundle}: {found['class']}, {best} by onnxruntime; probabilities differ by {error:.1e}")
        return found["class"] == best and error < tolerance


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graft")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--bundle", nargs=2, metavar=("BUNDLE", "PHOTO"))
    options = parser.parse_args()
    if options.bundle:
        sys.exit(0 if compare_bundle(options.graft, *options.bundle, options.tolerance) else "differ")
    output = subprocess.run([options.graft, "backbones", "--json"], check=True, capture_output=True, text=True)
    names = [entry["name"] for entry in json.loads(output.stdout.splitlines()[-1])["backbones"]]
    failures = []
    print(f"{'network':22}{'reference':12}{'pixels':>7}{'nodes':>7}{'opset':>7}{'nchw':>10}{'nhwc':>10}")
    for name in names:
        if options.names and name not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            comparison = Comparison(options.graft, name, folder)
            try:
                errors = list(comparison.errors())
            except (RuntimeError, AssertionError) as error:
                print(f"{name}: {str(error)[:500]}", flush=True)
                failures.append(name)
                continue
        print(f"{name:22}{comparison.project:12}{comparison.size:>7}{comparison.node_count:>7}"
              f"{comparison.version:>7}" + "".join(f"{e:>10.1e}" for e in errors), flush=True)
        if not max(errors) < options.tolerance:
            failures.append(name)
    if failures:
        sys.exit(f"differ: {' '.join(failures)}")


if __name__ == "__main__":
    main()
