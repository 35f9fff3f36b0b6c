"""Training steps of a text encoder in PyTorch, by Hugging Face's transformers: writes the head and the
targets for all, or times steps.

Nothing is dropped, so that all compute the same; layers that keep their values run without gradients.
"""

import argparse
import json
import os
import time

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

CLASSES = 10


class Classifier(torch.nn.Module):
    """An encoder with a dense layer on the mean of its states, split where training starts."""

    def __init__(self, encoder, freeze):
        super().__init__()
        self.encoder = encoder
        self.head = torch.nn.Linear(encoder.config.hidden_size, CLASSES)
        layers = len(encoder.encoder.layer)
        starts = {"backbone": layers, "none": -1}
        self.start = starts[freeze] if freeze in starts else int(freeze.rpartition(".")[2])
        encoder.requires_grad_(False)
        encoder.pooler = None
        if self.start < 0:
            encoder.requires_grad_(True)
        for layer in encoder.encoder.layer[max(self.start, 0) :]:
            layer.requires_grad_(True)
        self.eval()

    def forward(self, ids, mask):
        if self.start < 0:
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        else:
            layers = self.encoder.encoder.layer
            self.encoder.encoder.layer = layers[: self.start]
            with torch.no_grad():
                states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            self.encoder.encoder.layer = layers
            # Every token of the batch is a word: no mask is needed, which is the fastest path.
            for layer in layers[self.start :]:
                states = layer(states)
                states = states[0] if isinstance(states, tuple) else states
        weights = mask[..., None].to(states.dtype)
        return self.head((states * weights).sum(1) / weights.sum(1))


def write(arguments):
    torch.manual_seed(0)
    encoder = AutoModel.from_pretrained(arguments.encoder)
    head = torch.nn.Linear(encoder.config.hidden_size, CLASSES)
    labels = torch.arange(arguments.batch) % CLASSES
    save_file(
        {
            "targets": torch.nn.functional.one_hot(labels, CLASSES).float(),
            "head.dense.weight": head.weight.detach().T.contiguous(),
            "head.dense.bias": head.bias.detach(),
        },
        arguments.given,
    )


def train(arguments):
    torch.set_num_threads(arguments.threads)
    classifier = Classifier(AutoModel.from_pretrained(arguments.encoder), arguments.freeze)
    given = load_file(arguments.given)
    with torch.no_grad():
        classifier.head.weight.copy_(given["head.dense.weight"].T)
        classifier.head.bias.copy_(given["head.dense.bias"])
    count = arguments.batch * arguments.length
    ids = torch.arange(count) * 7919 % classifier.encoder.config.vocab_size
    ids = ids.view(arguments.batch, arguments.length)
    mask, labels = torch.ones_like(ids), given["targets"].argmax(1)
    trainable = [p for p in classifier.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(trainable, lr=arguments.rate, fused=True)
    run = torch.compile(classifier) if arguments.variant == "compile" else classifier
    times, losses = [], []
    for step in range(arguments.warm_up + arguments.steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(run(ids, mask), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step >= arguments.warm_up:
            times.append((time.perf_counter() - start) * 1000)
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "timesMilliseconds": times,
                "losses": losses,
                "peakResidentBytes": peak,
                "version": "PyTorch " + torch.__version__,
            }
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["write", "train"])
    parser.add_argument("--encoder", required=True, help="a folder of Hugging Face's files")
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--freeze", default="backbone")
    parser.add_argument("--variant", choices=["default", "compile"])
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--given", required=True)
    arguments = parser.parse_args()
    (write if arguments.task == "write" else train)(arguments)


if __name__ == "__main__":
    main()
