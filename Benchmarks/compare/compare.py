"""Runs the same training steps in Graft and its peers, interleaved, and prints their ratios.

    python3 Benchmarks/compare/compare.py                       all workloads, PyTorch as peer
    python3 Benchmarks/compare/compare.py --peers torch keras   Keras as well
    python3 Benchmarks/compare/compare.py --rows vgg16-frozen --rounds 5

Build Graft before (`swift build -c release --product graft-bench`). Every measurement is added to a
results file; the table is made of all that it holds.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys

import environments
import table
from workloads import WORKLOADS

HERE = pathlib.Path(__file__).resolve().parent
VARIANTS = {
    "graft": ["graft cpu", "graft opencl"],
    "torch": ["torch default", "torch channels-last"],
    "compile": ["torch compile"],
    "keras": ["keras"],
}
RATE = "1e-5"


class Comparison:
    """The programs to run and the files that they share."""

    def __init__(self, options):
        self.options = options
        self.folder = environments.cache_folder()
        self.pythons = {}

    def python(self, peer):
        if peer not in self.pythons:
            given = getattr(self.options, peer + "_python")
            self.pythons[peer] = given or environments.interpreter(peer)
        return self.pythons[peer]

    def files(self, work):
        """Weights and batch of a workload, written by PyTorch if they aren't there."""
        stem = f"{work.backbone}-{work.size}-{work.batch}"
        weights = self.folder / (stem + ".weights.safetensors")
        given = self.folder / (stem + ".given.safetensors")
        if not (weights.exists() and given.exists()):
            subprocess.run(
                [self.python("torch"), HERE / "torch_step.py", "write", "--model", work.torchvision]
                + ["--size", str(work.size), "--batch", str(work.batch)]
                + ["--weights", weights, "--given", given],
                check=True,
            )
        return ["--weights", str(weights), "--given", str(given)]

    def command(self, work, variant):
        shared = self.files(work) + ["--steps", str(work.steps), "--rate", RATE]
        shared += ["--size", str(work.size), "--freeze", work.freeze]
        program, _, detail = variant.partition(" ")
        if program == "graft":
            return (
                [self.options.graft, "step", "--json", "--device", detail]
                + ["--backbone", work.backbone, "--batch", str(work.batch)]
                + shared
            )
        threads = ["--threads", str(self.options.threads)]
        if program == "keras":
            return [self.python("keras"), str(HERE / "keras_step.py"), "--model", work.keras] + (
                shared + threads
            )
        return (
            [self.python("torch"), str(HERE / "torch_step.py"), "train"]
            + ["--model", work.torchvision, "--variant", detail]
            + shared
            + threads
        )

    def measure(self, row, variant):
        command = shlex.split(self.options.wrap) + self.command(WORKLOADS[row], variant)
        environment = dict(os.environ, OMP_NUM_THREADS=str(self.options.threads))
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
        if output.returncode != 0:
            sys.exit(f"{variant} failed on {row}: {shlex.join(map(str, command))}")
        result = json.loads(output.stdout.strip().splitlines()[-1])
        kept = ["stepTimesMilliseconds", "losses", "peakResidentBytes", "version", "shareOfPeak"]
        kept += ["machine"]
        return {"row": row, "variant": variant} | {k: result[k] for k in kept if k in result}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", nargs="*", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--peers", nargs="*", choices=["torch", "compile", "keras"])
    parser.add_argument("--no-opencl", action="store_true", help="Graft on its CPU backend alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--graft", default=".build/release/graft-bench")
    parser.add_argument("--torch-python", help="an interpreter that has PyTorch and torchvision")
    parser.add_argument("--keras-python", help="an interpreter that has TensorFlow and Keras")
    parser.add_argument("--wrap", default="", help="a command to put before each measured one")
    parser.add_argument("--results", type=pathlib.Path, help="where measurements are kept")
    parser.add_argument("--table", action="store_true", help="print the table and measure nothing")
    return parser.parse_args()


def main():
    options = parse()
    comparison = Comparison(options)
    results = options.results or comparison.folder / "results.jsonl"
    variants = VARIANTS["graft"][: 1 if options.no_opencl else 2]
    for peer in options.peers if options.peers is not None else ["torch"]:
        variants = variants + VARIANTS[peer]
    for _ in range(0 if options.table else options.rounds):
        for row in options.rows:
            for variant in variants:
                measurement = comparison.measure(row, variant)
                with open(results, "a") as file:
                    file.write(json.dumps(measurement) + "\n")
                times = measurement["stepTimesMilliseconds"]
                print(f"{row}, {variant}: {sorted(times)[len(times) // 2]:.0f} ms", flush=True)
    measurements = [json.loads(line) for line in results.read_text().splitlines()]
    print(table.markdown([m for m in measurements if m["row"] in options.rows]))


if __name__ == "__main__":
    main()
