"""The programs that do a workload, and how each is run."""

import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

import environments
from workloads import Data, Job, Predict, Step, TextStep

HERE = pathlib.Path(__file__).resolve().parent
RATE = "1e-5"
UNSET = ", OPENBLAS_ unset"


@dataclass
class Program:
    """A command, and what it finds in its environment."""

    command: list
    environment: dict = field(default_factory=dict)
    # Names of variables taken out of the environment.
    without: list = field(default_factory=list)


class Programs:
    """Makes the programs, and the files that they share."""

    def __init__(self, options):
        self.options = options
        self.folder = environments.cache_folder()
        self.pythons = {}

    def variants(self, work):
        """What does this workload, Graft first."""
        peers = self.options.peers
        if isinstance(work, Predict):
            return ["graft cpu"]
        if isinstance(work, Data):
            return ["graft cpu"] + ["torchvision with Pillow"] * ("torch" in peers)
        if isinstance(work, Job):
            return ["graft cpu"] + ["keras"] * ("keras" in peers)
        if work.on_opencl:
            names = [] if self.options.no_opencl else self.runtimes()
            programs = ["graft"] + ["tinygrad"] * ("tinygrad" in peers)
            return [f"{program} on {name}" for name in names for program in programs]
        torch = ["torch default", "torch channels-last"] * ("torch" in peers)
        torch += ["torch compile"] * ("compile" in peers)
        if work.measure == "memory":
            return ["graft cpu"] + torch
        graft = ["graft cpu"] + ["graft cpu" + UNSET] * bool(self.openblas_variables())
        graft += ["graft opencl"] * (not self.options.no_opencl)
        if isinstance(work, TextStep):
            return graft + [name for name in torch if name != "torch channels-last"]
        return graft + torch + ["keras"] * ("keras" in peers)

    @staticmethod
    def openblas_variables():
        return [name for name in os.environ if name.startswith("OPENBLAS_")]

    def runtimes(self):
        """OpenCL runtimes by name: the library of each, or none for the system's own."""
        return dict(text.partition("=")[::2] for text in self.options.opencl or ["OpenCL"])

    def program(self, work, variant):
        make = {Step: self.step, TextStep: self.text_step, Data: self.data, Job: self.job, Predict: self.predict}
        return make[type(work)](work, variant)

    def step(self, work, variant):
        shared = self.files(work) + ["--steps", str(work.steps)]
        if work.on_opencl:
            return self.step_on_runtime(work, variant, shared)
        shared += ["--rate", RATE, "--size", str(work.size), "--freeze", work.freeze]
        program, _, detail = variant.partition(" ")
        if program == "graft":
            command = self.graft_step(work, detail.removesuffix(UNSET)) + shared
            without = self.openblas_variables() if variant.endswith(UNSET) else []
            return Program(command, without=without)
        shared += ["--threads", str(self.options.threads)]
        if program == "keras":
            return Program([self.python("keras"), HERE / "keras_step.py", "--model", work.keras] + shared)
        command = [self.python("torch"), HERE / "torch_step.py", "train"]
        command += ["--model", work.torchvision, "--variant", detail]
        return Program(command + shared)

    def text_step(self, work, variant):
        encoder = environments.text_encoder()
        given = self.folder / f"{work.backbone}-{work.batch}.given.safetensors"
        torch = [self.python("torch"), HERE / "torch_text_step.py"]
        if not given.exists():
            command = torch + ["write", "--encoder", encoder, "--batch", str(work.batch)]
            subprocess.run(command + ["--given", given], check=True)
        shared = ["--given", given, "--steps", str(work.steps), "--rate", RATE]
        shared += ["--batch", str(work.batch), "--length", str(work.size), "--freeze", work.freeze]
        program, _, detail = variant.partition(" ")
        if program == "graft":
            command = [self.options.graft + "/graft-bench", "step", "--json"]
            command += ["--device", detail.removesuffix(UNSET)]
            without = self.openblas_variables() if variant.endswith(UNSET) else []
            command += ["--encoder", encoder / "model.safetensors"]
            return Program(command + shared, without=without)
        shared += ["--threads", str(self.options.threads), "--encoder", encoder]
        return Program(torch + ["train", "--variant", detail] + shared)

    def step_on_runtime(self, work, variant, shared):
        program, _, name = variant.partition(" on ")
        library = self.runtimes()[name]
        environment = {"OCL_ICD_VENDORS": library} if library else {}
        if program == "tinygrad":
            environment["DEV"] = "CL"
            return Program([self.python("tinygrad"), HERE / "tinygrad_step.py"] + shared, environment)
        shared += ["--size", str(work.size), "--freeze", work.freeze]
        return Program(self.graft_step(work, "opencl") + shared, environment)

    def graft_step(self, work, device):
        command = [self.options.graft + "/graft-bench", "step", "--json", "--device", device]
        return command + ["--backbone", work.backbone, "--batch", str(work.batch)]

    def data(self, work, variant):
        photos = self.photos("data", work.photo_count)
        files = sorted(str(path) for path in photos.glob("train/*/*.jpg"))
        size = ["--size", str(work.size)]
        if variant == "graft cpu":
            return Program([self.options.graft + "/graft-bench", "data", "--json"] + size + files)
        return Program([self.python("torch"), HERE / "torch_data.py"] + size + files)

    def job(self, work, variant):
        photos = self.photos("job", work.training_count, work.validation_count)
        weights = self.weights(work)
        timed = [sys.executable, HERE / "timed.py"]
        shared = [photos, "--weights", weights, "--size", str(work.size)]
        # At Adam's usual rate the hidden units of Keras's head all die in the first steps.
        shared += ["--epochs", str(work.epochs), "--rate", "1e-4"]
        if variant == "keras":
            shared += ["--batch", str(work.batch), "--units", str(work.units)]
            shared += ["--threads", str(self.options.threads)]
            return Program(timed + [self.python("keras"), HERE / "keras_job.py"] + shared)
        output = tempfile.mkdtemp(prefix="graft-compare-") + "/model"
        shared += ["--backbone", work.backbone, "--batch-size", str(work.batch)]
        shared += ["--head-pooling", "flatten", "--head-units", str(work.units), "--binary"]
        shared += ["--fit", "stretch", "--pixels", "unit", "--report", "none", "--json"]
        shared += ["--device", "cpu", "--output", output]
        return Program(timed + [self.options.graft + "/graft", "train"] + shared)

    def predict(self, work, variant):
        command = [self.options.graft + "/graft-bench", "startup", "--json"]
        return Program(command + ["--backbone", work.backbone])

    def python(self, peer):
        if peer not in self.pythons:
            given = getattr(self.options, peer + "_python")
            self.pythons[peer] = given or environments.interpreter(peer)
        return self.pythons[peer]

    def weights(self, work):
        return self.files(work)[1]

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

    def photos(self, name, training, validation=0):
        """A folder of made-up photos, written by Pillow if it isn't there."""
        folder = self.folder / f"photos-{name}-{training}-{validation}"
        if not folder.exists():
            draft = folder.with_suffix(".draft")
            subprocess.run(
                [self.python("torch"), HERE / "photos.py", draft]
                + ["--training", str(training), "--validation", str(validation)],
                check=True,
            )
            draft.rename(folder)
        return folder
