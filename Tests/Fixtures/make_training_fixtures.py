"""Makes training.safetensors: short training runs of a small network, by PyTorch.

Needs torch, safetensors and numpy. Run it in this folder.
"""

import torch
from safetensors.torch import save_file
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)


class SmallNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.conv3 = nn.Conv2d(8, 8, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        y = nn.functional.relu6(self.bn2(self.conv2(x)))
        y = self.bn3(self.conv3(y))
        x = torch.relu(x + y)
        x = nn.functional.max_pool2d(x, 2)
        return self.fc(x.mean((2, 3)))


SCENARIOS = {
    # name: (trainable prefixes, batch statistics, optimizer)
    "all.batch.sgd": (["conv", "bn", "fc"], True, "sgd"),
    "all.stored.adam": (["conv", "bn", "fc"], False, "adam"),
    "head.adam": (["fc"], True, "adam"),
    "tail.batch.adamw": (["conv3", "bn3", "fc"], True, "adamw"),
    "tail.stored.nesterov": (["conv3", "fc"], False, "nesterov"),
    "middle.sgd": (["conv2"], True, "sgd"),
    "rates.momentum": (["conv", "bn", "fc"], True, "momentum"),
    "rates.adam": (["conv", "bn", "fc"], False, "adam"),
    "rates.adamw": (["conv", "bn", "fc"], True, "adamw"),
}

# By what the learning rate of parameter groups is multiplied, by prefix: in the first two steps, and
# in the others.
RATE_FACTORS = {
    "rates.momentum": ({"conv1": 0.1, "bn1": 0.1, "conv2": 0.5}, {"conv1": 0.1, "bn1": 0.1, "conv2": 0.5}),
    "rates.adam": ({"conv1": 0.1, "bn1": 0.1, "conv2": 0.5}, {"conv1": 0.1, "bn1": 0.1, "conv2": 0.5}),
    "rates.adamw": ({"conv1": 0.1, "bn1": 0.1, "conv2": 0.5}, {"conv1": 1, "bn1": 1, "conv2": 0.05}),
}


def make_optimizer(name, parameters):
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=0.1, weight_decay=1e-3)
    if name == "momentum":
        return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=1e-3)
    if name == "nesterov":
        return torch.optim.SGD(parameters, lr=0.05, momentum=0.9, nesterov=True)
    if name == "adam":
        return torch.optim.Adam(parameters, lr=0.01, weight_decay=1e-3)
    return torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1)


def main():
    network = SmallNetwork()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.5, 2)
    initial = {k: v.clone() for k, v in network.state_dict().items() if "num_batches" not in k}
    steps, batch = 4, 6
    inputs = torch.randn(steps, batch, 3, 12, 12)
    labels = torch.randint(0, 5, (steps, batch))
    tensors = {f"initial.{k}": v for k, v in initial.items()}
    tensors["inputs"] = inputs.permute(0, 1, 3, 4, 2).contiguous()
    tensors["labels"] = labels.float()
    for name, (prefixes, batch_statistics, optimizer_name) in SCENARIOS.items():
        network.load_state_dict(initial, strict=False)
        factors = RATE_FACTORS.get(name, ({}, {}))
        groups = {prefix: [] for prefix in [*factors[0], ""]}
        for path, parameter in network.named_parameters():
            parameter.requires_grad_(any(path.startswith(p) for p in prefixes))
            if parameter.requires_grad:
                groups[next(p for p in groups if path.startswith(p))].append(parameter)
        for path, module in network.named_modules():
            if isinstance(module, nn.BatchNorm2d):
                trains = any(path.startswith(p) for p in prefixes)
                module.train(batch_statistics and trains)
        optimizer = make_optimizer(optimizer_name, [{"params": p} for p in groups.values()])
        rate = optimizer.defaults["lr"]
        losses = []
        for step in range(steps):
            for prefix, group in zip(groups, optimizer.param_groups):
                group["lr"] = rate * factors[step // 2].get(prefix, 1)
            loss = nn.functional.cross_entropy(network(inputs[step]), labels[step])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        tensors[f"{name}.losses"] = torch.stack(losses)
        for key, value in network.state_dict().items():
            if "num_batches" not in key:
                tensors[f"{name}.final.{key}"] = value.clone()
    save_file(tensors, "training.safetensors")


main()
