"""Learns friendly and unfriendly sentences of film reviews with `graft train` and with PyTorch, side by side.

    python3 Benchmarks/text/sentiment.py MODEL_FOLDER SENTENCES [--graft .build/release/graft]

MODEL_FOLDER holds Hugging Face's files of a BERT such as MiniLM. Each line of SENTENCES is a number, a rating
from -4 to 4 and a sentence, with tabs between; ratings from -1 to 1 are left out. The rest is shuffled by
Python's generator at seed 0; the first 2,000 train, the next 500 test. For each of three seeds both train a
head on the frozen encoder for 20 epochs (AdamW at 1e-3), and then the last two layers with it for two
(AdamW at 2e-5). Needs torch and transformers.
"""

import argparse
import csv
import json
import pathlib
import random
import statistics
import subprocess
import tempfile

import torch
from transformers import AutoModel, AutoTokenizer

LONGEST, BATCH = 64, 32


def read(path):
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="latin1")]
    rows = [(row[2], int(float(row[1]) > 0)) for row in rows if abs(float(row[1])) > 1]
    random.Random(0).shuffle(rows)
    return rows[:2000], rows[2000:2500]


def with_graft(options, seed, folder):
    """The accuracy of the frozen encoder and of the one with its last layers trained."""
    bundle = folder / f"{seed}.graft"
    command = [options.graft, "train", folder / "train.csv", "--weights", options.model]
    command += ["--backbone", "minilm-l6"]
    command += ["--max-length", str(LONGEST), "--batch-size", str(BATCH), "--validation", "0"]
    command += ["--optimizer", "adamw", "--rate", "1e-3", "--epochs", "20", "--seed", str(seed)]
    command += ["--report", "none", "--device", "cpu", "--output", bundle]
    tuning = ["--fine-tune-from", "encoder.layer.4", "--fine-tune-epochs", "2"]
    accuracies = []
    for further in ([], tuning + ["--fine-tune-rate", "2e-5"]):
        subprocess.run(command + further, check=True, stdout=subprocess.DEVNULL)
        output = subprocess.run(
            [options.graft, "evaluate", bundle, folder / "test.csv", "--json"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        accuracies.append(json.loads(output.splitlines()[-1])["accuracy"])
    return accuracies


class Classifier(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder)
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, 2)

    def forward(self, **texts):
        hidden = self.encoder(**texts).last_hidden_state
        mask = texts["attention_mask"][..., None]
        return self.head(self.dropout((hidden * mask).sum(1) / mask.sum(1)))


def with_torch(options, seed, training, test):
    torch.manual_seed(seed)
    tokenizer, model = AutoTokenizer.from_pretrained(options.model), Classifier(options.model)

    def encoded(rows):
        texts = [text for text, _ in rows]
        tokens = tokenizer(
            texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        return tokens, torch.tensor([label for _, label in rows])

    def accuracy():
        model.eval()
        right = 0
        with torch.no_grad():
            for start in range(0, len(test), BATCH):
                texts, labels = encoded(test[start : start + BATCH])
                right += (model(**texts).argmax(1) == labels).sum().item()
        return right / len(test)

    def fit(parameters, rate, epochs):
        optimizer = torch.optim.AdamW(parameters, rate)
        for _ in range(epochs):
            model.train()
            order = torch.randperm(len(training)).tolist()
            for start in range(0, len(order), BATCH):
                texts, labels = encoded([training[i] for i in order[start : start + BATCH]])
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(**texts), labels).backward()
                optimizer.step()

    def fit_head(epochs):
        """On features that are computed once: the encoder drops nothing while it is frozen."""
        model.eval()
        features = []
        with torch.no_grad():
            for start in range(0, len(training), BATCH):
                texts, _ = encoded(training[start : start + BATCH])
                hidden, mask = model.encoder(**texts).last_hidden_state, texts["attention_mask"]
                mask = mask[..., None]
                features.append((hidden * mask).sum(1) / mask.sum(1))
        features, labels = torch.cat(features), torch.tensor([label for _, label in training])
        optimizer = torch.optim.AdamW(model.head.parameters(), 1e-3)
        for _ in range(epochs):
            for part in torch.randperm(len(training)).split(BATCH):
                optimizer.zero_grad()
                scores = model.head(torch.nn.functional.dropout(features[part], 0.1))
                torch.nn.functional.cross_entropy(scores, labels[part]).backward()
                optimizer.step()

    model.encoder.requires_grad_(False)
    fit_head(20)
    frozen = accuracy()
    for layer in model.encoder.encoder.layer[4:]:
        layer.requires_grad_(True)
    fit([p for p in model.parameters() if p.requires_grad], 2e-5, 2)
    return frozen, accuracy()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("sentences", type=pathlib.Path)
    parser.add_argument("--graft", default=".build/release/graft")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    training, test = read(options.sentences)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="graft-sentiment-"))
    for name, rows in (("train", training), ("test", test)):
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            writer.writerows((text, ["unfriendly", "friendly"][label]) for text, label in rows)
    results = {"graft": [], "PyTorch": []}
    for seed in range(options.seeds):
        results["graft"].append(with_graft(options, seed, folder))
        results["PyTorch"].append(with_torch(options, seed, training, test))
        for name, rows in results.items():
            print(f"seed {seed}, {name}: frozen {rows[-1][0]:.3f}, last two layers {rows[-1][1]:.3f}", flush=True)
    for name, rows in results.items():
        frozen, tuned = (statistics.mean(column) for column in zip(*rows))
        print(f"{name}, mean of {options.seeds}: frozen {frozen:.4f}, last two layers {tuned:.4f}")


if __name__ == "__main__":
    main()
