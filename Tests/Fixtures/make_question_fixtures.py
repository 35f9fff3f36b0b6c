#!/usr/bin/env python3
"""Writes language/questions.json, language/pairs.json and language/text_tasks.json: what three steps of plain gradient descent make of
the tiny BERT in language/bert under the heads of BertForQuestionAnswering and BertForSequenceClassification,
computed by transformers in double precision, and which spans its pipeline for questions reads from scores.

Needs torch, safetensors and transformers before 5, which still has that pipeline; run it in this folder
after make_language_fixtures.py.

The vocabulary is [PAD], [UNK], [CLS], [SEP], [MASK], the letters a to z and ##a to ##f: 37 tokens; words are
letters, so that a place in a text is twice the number of its word.
"""
import json
import pathlib

import numpy
import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertForQuestionAnswering, BertForSequenceClassification
from transformers.pipelines.question_answering import select_starts_ends

TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [chr(97 + i) for i in range(26)] + [
    "##" + chr(97 + i) for i in range(6)]
LENGTH, RATE = 12, 0.05
# A question, its context and which words of it answer; none for the last one.
QUESTIONS = [("w h o", "t h e f i l", (3, 5)), ("i s", "g o o d a n d", (4, 4)), ("x", "n o t h i n g", None)]
PAIRS = [("b a d", "s o", 0), ("g o o d f i l m", "y e s", 1), ("x", "y z a b c d e f g h", 0), ("w o w", "w o w", 1)]


def weights(model):
    tensors = {name.removeprefix("bert."): value for name, value in
               load_file("language/bert/weights.safetensors").items()}
    own = model.state_dict()
    for name, value in tensors.items():
        if "bert." + name in own:
            own["bert." + name] = value.double()
    head = next(name for name in own if not name.startswith("bert.") and name.endswith("weight"))
    # States of the tiny network differ little from token to token.
    scale = 2 if head.startswith("qa_outputs") else 0.1
    own[head] = torch.tensor([[((3 * i + 5 * j) % 7 - 3) * scale for i in range(16)] for j in range(2)])
    return own


def network(kind, **options):
    model = kind(BertConfig(
        **options,
        vocab_size=37, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=12, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=2,
        attn_implementation="eager")).double()
    model.load_state_dict(weights(model))
    return model.train()


def row(first, second):
    """[CLS] first [SEP] second [SEP], the longer one losing tokens until both fit."""
    first, second = ([TOKENS.index(word) for word in text.split()] for text in (first, second))
    while len(first) + len(second) > LENGTH - 3:
        (first if len(first) > len(second) else second).pop()
    ids = [2] + first + [3] + second + [3]
    types = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    fill = [0] * (LENGTH - len(ids))
    return ids + fill, types + fill, [1] * len(ids) + fill


def single(text):
    ids = [2] + [TOKENS.index(word) for word in text.split()][:LENGTH - 2] + [3]
    fill = [0] * (LENGTH - len(ids))
    return ids + fill, [0] * LENGTH, [1] * len(ids) + fill


def train(model, inputs, **targets):
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(**inputs, **targets).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return dict(
        losses=losses, word=model.bert.embeddings.word_embeddings.weight[8].tolist(),
        types=model.bert.embeddings.token_type_embeddings.weight[1].tolist(),
        query=model.bert.encoder.layer[1].attention.self.query.weight[0].tolist())


def batch(rows):
    ids, types, masks = (torch.tensor(column) for column in zip(*rows))
    return dict(input_ids=ids, token_type_ids=types, attention_mask=masks)


def flat(weight):
    return weight.detach().T.flatten().tolist()


def questions():
    model = network(BertForQuestionAnswering)
    rows = [row(question, context) for question, context, _ in QUESTIONS]
    places = [(0, 0) if answer is None else
              tuple(2 + len(question.split()) + word for word in answer)
              for question, _, answer in QUESTIONS]
    start, end = (torch.tensor(column) for column in zip(*places))
    result = dict(
        tokens=TOKENS, questions=[q for q, _, _ in QUESTIONS], contexts=[c for _, c, _ in QUESTIONS],
        answers=[a and list(a) for _, _, a in QUESTIONS], kernel=flat(model.qa_outputs.weight),
        bias=model.qa_outputs.bias.tolist())
    with torch.no_grad():
        outputs = model(**batch(rows))
    result.update(start=outputs.start_logits.tolist(), end=outputs.end_logits.tolist())
    result["spans"] = []
    for index, (ids, types, mask) in enumerate(rows):
        own = numpy.array(types) * numpy.array(mask)
        own[numpy.nonzero(own)[0].max()] = 0
        own[0] = 1
        starts, ends, scores, nothing = select_starts_ends(
            outputs.start_logits[index:index + 1].numpy(), outputs.end_logits[index:index + 1].numpy(),
            1 - own, numpy.array(mask), handle_impossible_answer=True, top_k=3, max_answer_len=3)
        result["spans"].append(dict(
            starts=starts.tolist(), ends=ends.tolist(), scores=scores.tolist(), nothing=nothing))
    result["run"] = train(model, batch(rows), start_positions=start, end_positions=end)
    result["trained"] = flat(model.qa_outputs.weight)
    return result


def pairs():
    model = network(BertForSequenceClassification)
    result = dict(
        tokens=TOKENS, first=[a for a, _, _ in PAIRS], second=[b for _, b, _ in PAIRS],
        labels=[label for _, _, label in PAIRS], kernel=flat(model.classifier.weight),
        bias=model.classifier.bias.tolist())
    result["run"] = train(
        model, batch([row(a, b) for a, b, _ in PAIRS]), labels=torch.tensor(result["labels"]))
    result["trained"] = flat(model.classifier.weight)
    return result


def text_tasks():
    """Sets of classes and numbers for the first texts of the pairs."""
    result = {}
    for name, kind, targets in [
            ("sets", "multi_label_classification", [[1, 0], [0, 1], [1, 1], [0, 0]]),
            ("numbers", "regression", [[1, 0.5], [0, -1], [0.25, 2], [-0.5, 0]])]:
        model = network(BertForSequenceClassification, problem_type=kind)
        inputs = batch([single(text) for text, _, _ in PAIRS])
        with torch.no_grad():
            scores = model(**inputs).logits.tolist()
        run = train(model, inputs, labels=torch.tensor(targets, dtype=torch.double))
        result[name] = dict(
            targets=targets, scores=scores, losses=run["losses"], trained=flat(model.classifier.weight))
    return result


for name, value in [("questions", questions()), ("pairs", pairs())]:
    pathlib.Path(f"language/{name}.json").write_text(json.dumps(value) + "\n")
    print(name, value["run"]["losses"])
pathlib.Path("language/text_tasks.json").write_text(json.dumps(text_tasks()) + "\n")
