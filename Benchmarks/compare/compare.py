"""Runs the same work in Graft and its peers, interleaved, and prints their ratios.

    python3 Benchmarks/compare/compare.py                       all rows, all peers
    python3 Benchmarks/compare/compare.py --peers torch keras   without torch.compile and tinygrad
    python3 Benchmarks/compare/compare.py --rows vgg16-frozen --rounds 5
    python3 Benchmarks/compare/compare.py --table               the table of what was measured so far

Build Graft before (`swift build -c release`). Every measurement is added to a results file as soon as
it is made, and only those are made that the file lacks: a run may be broken off and taken up again,
row by row. --fresh forgets the measurements of the rows and starts again. Where Graft and a peer
compute other losses from the same weights, the run ends with an error.

OpenCL devices: --opencl NAME=LIBRARY (repeated) runs the OpenCL row on the runtimes of those
libraries; the system's own by default.
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
from programs import Programs
from workloads import WORKLOADS

PEERS = ["torch", "compile", "keras", "tinygrad"]
KEPT = ["timesMilliseconds", "losses", "peakResidentBytes", "version", "shareOfPeak"]
KEPT += ["executedShareOfPeak", "shareOfBandwidth", "phaseMilliseconds", "identity", "machine"]
KEPT += ["accuracy", "loss"]


class Results:
    """Measurements in a file, one JSON object a line."""

    def __init__(self, path):
        self.path = path
        self.measurements = []
        if path.exists():
            self.measurements = [json.loads(line) for line in path.read_text().splitlines()]

    def of(self, row, variant):
        return [m for m in self.measurements if (m["row"], m["variant"]) == (row, variant)]

    def add(self, measurement):
        self.measurements.append(measurement)
        with open(self.path, "a") as file:
            file.write(json.dumps(measurement) + "\n")

    def forget(self, rows, variants):
        """Forgets rows; where variants are named, those alone."""
        self.measurements = [
            m
            for m in self.measurements
            if m["row"] not in rows or (variants and m["variant"] not in variants)
        ]
        self.path.write_text("".join(json.dumps(m) + "\n" for m in self.measurements))


def measure(programs, options, row, variant):
    program = programs.program(WORKLOADS[row], variant)
    command = shlex.split(options.wrap) + list(map(str, program.command))
    environment = dict(os.environ, OMP_NUM_THREADS=str(options.threads), TF_CPP_MIN_LOG_LEVEL="3")
    environment |= program.environment
    for name in program.without:
        environment.pop(name, None)
    output = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if output.returncode != 0:
        sys.exit(f"{output.stderr}\n{variant} failed on {row}: {shlex.join(command)}")
    result = json.loads(output.stdout.strip().splitlines()[-1])
    for name in ("stepTimesMilliseconds", "millisecondsPerPhoto"):
        if name in result:
            result["timesMilliseconds"] = result[name]
    environment_is = {n: os.environ[n] for n in programs.openblas_variables()}
    return {"row": row, "variant": variant, "openblas": environment_is} | {
        name: result[name] for name in KEPT if name in result
    }


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", nargs="*", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--variants", nargs="*", help="of the programs, only these")
    parser.add_argument("--no-opencl", action="store_true", help="Graft on its CPU backend alone")
    parser.add_argument("--opencl", action="append", metavar="NAME=LIBRARY")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each program")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--graft", default=".build/release", help="where Graft's programs are")
    parser.add_argument("--torch-python", help="an interpreter that has PyTorch and torchvision")
    parser.add_argument("--keras-python", help="an interpreter that has TensorFlow and Keras")
    parser.add_argument("--tinygrad-python", help="an interpreter that has tinygrad")
    parser.add_argument("--wrap", default="", help="a command to put before each measured one")
    parser.add_argument("--results", type=pathlib.Path, help="where measurements are kept")
    parser.add_argument("--fresh", action="store_true", help="forget the rows' measurements first")
    parser.add_argument("--table", action="store_true", help="print the table and measure nothing")
    parser.add_argument(
        "--write", type=pathlib.Path, help="put the table between the marks of a Markdown file"
    )
    return parser.parse_args()


def main():
    options = parse()
    programs = Programs(options)
    results = Results(options.results or environments.cache_folder() / "results.jsonl")
    if options.fresh:
        results.forget(options.rows, options.variants)
    for number in range(0 if options.table else options.rounds):
        for row in options.rows:
            variants = programs.variants(WORKLOADS[row])
            if options.variants:
                variants = [name for name in variants if name in options.variants]
            for variant in variants:
                if len(results.of(row, variant)) > number:
                    continue
                measurement = measure(programs, options, row, variant)
                results.add(measurement)
                times = sorted(measurement["timesMilliseconds"])
                print(f"{row}, {variant}: {times[len(times) // 2]:.4g} ms", flush=True)
    text = table.markdown(results.measurements)
    print(text)
    if options.write:
        table.write(text, options.write)
    differences = table.differences(results.measurements, options.rows)
    if differences:
        sys.exit("\n".join(differences))


if __name__ == "__main__":
    main()
