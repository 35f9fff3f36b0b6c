#!/usr/bin/env python3
"""Exports networks as ONNX and runs them with onnxruntime on what `generate.py` made.

    python export_onnx.py GRAFT FOLDER [NAME...] [--tolerance T]

GRAFT is the command, FOLDER what `generate.py` filled: random weights in the source's own format, an
input, and the logits that the source's own implementation computed. Each file must pass onnx's
checker, and the largest difference from those logits, over their largest magnitude, must be below
the tolerance, for the whole batch and for its first sample alone. Needs onnx, onnxruntime, numpy and
safetensors.
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
from safetensors.numpy import load_file


def export(graft, case, folder, output, *more):
    command = [graft, "export", "--backbone", case["backbone"], "--weights", str(folder / case["weights"]),
               "--size", str(case["size"]), "--format", "onnx", "--output", str(output), *more]
    subprocess.run(command, check=True, capture_output=True, text=True)


def compare(path, images, expected):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = 0.0
    for count in {len(images), 1}:
        found, = session.run(None, {"input": images[:count]})
        worst = max(worst, np.abs(found - expected[:count]).max() / np.abs(expected).max())
    return worst, len(model.graph.node), model.opset_import[0].version


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graft")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    failures, seen = [], set()
    print(f"{'network':28}{'pixels':>8}{'nodes':>8}{'opset':>8}{'nchw':>10}{'nhwc':>10}")
    for description in sorted(options.folder.glob("*/case.json")):
        folder, case = description.parent, json.loads(description.read_text())
        if options.names and not any(name in folder.name for name in options.names):
            continue
        golden = load_file(folder / "golden.safetensors")
        if not case.get("includesTop", True) or "logits" not in golden:
            continue
        images, expected = golden["input"], golden["logits"]
        errors = []
        with tempfile.TemporaryDirectory() as temporary:
            path = pathlib.Path(temporary) / "model.onnx"
            try:
                for layout in ["nchw", "nhwc"]:
                    export(options.graft, case, folder, path, "--input-layout", layout)
                    given = images if layout == "nchw" else np.ascontiguousarray(images.transpose(0, 2, 3, 1))
                    error, nodes, version = compare(str(path), given, expected)
                    errors.append(error)
            except subprocess.CalledProcessError as error:
                print(f"{folder.name}: {error.stderr.strip()}")
                failures.append(folder.name)
                continue
        print(f"{folder.name:28}{case['size']:>8}{nodes:>8}{version:>8}"
              + "".join(f"{error:>10.1e}" for error in errors), flush=True)
        seen.add(case["backbone"])
        if max(errors) > options.tolerance:
            failures.append(folder.name)
    names = subprocess.run([options.graft, "backbones"], check=True, capture_output=True, text=True)
    known = {line.split()[0] for line in names.stdout.splitlines()[1:]}
    if not options.names and known - seen:
        print(f"without a case: {' '.join(sorted(known - seen))}")
    if failures:
        sys.exit(f"differ: {' '.join(failures)}")


if __name__ == "__main__":
    main()
