#!/usr/bin/env python3
"""Writes operations.safetensors: what PyTorch computes for single operations, and its gradients.

Needs torch, numpy and safetensors; run it in this folder. Operands are single precision; PyTorch
computes in double precision, and what it computes is rounded to single once. Images are stored
channels-last, convolution kernels as height, width, input, output channels, as Graft has them.

Tensors are named CASE/operandN, CASE/resultN, CASE/upstream (the gradient of result 0) and
CASE/gradientN (the gradient of operand N). The cases are those of OperationFixtures.swift.
"""

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

tensors = {}
random = numpy.random.default_rng(20240607)


def single(value):
    """The number as single precision has it: hyper-parameters are stored so."""
    return float(numpy.float32(value))


def uniform(*shape, low=-1.0, high=1.0):
    return random.uniform(low, high, shape).astype(numpy.float32)


def store(name, value):
    array = value.detach().numpy() if isinstance(value, torch.Tensor) else value
    kind = numpy.int32 if array.dtype.kind == "i" else numpy.float32
    tensors[name] = numpy.ascontiguousarray(array, dtype=kind)


def case(name, function, operands, wanted=None):
    """Stores operands, results and the gradients of the operands at the positions `wanted`."""
    wanted = range(len(operands)) if wanted is None else wanted
    leaves = [
        torch.tensor(operand, dtype=torch.int64 if operand.dtype.kind == "i" else torch.float64)
        for operand in operands
    ]
    for position in wanted:
        leaves[position].requires_grad_()
    results = function(*leaves)
    results = results if isinstance(results, tuple) else (results,)
    for position, operand in enumerate(operands):
        store(f"{name}/operand{position}", operand)
    for position, result in enumerate(results):
        store(f"{name}/result{position}", result)
    if wanted:
        upstream = uniform(*results[0].shape)
        store(f"{name}/upstream", upstream)
        results[0].backward(torch.tensor(upstream, dtype=torch.float64))
        for position in wanted:
            store(f"{name}/gradient{position}", leaves[position].grad)


def channels_first(image):
    return image.permute(0, 3, 1, 2)


def channels_last(image):
    return image.permute(0, 2, 3, 1)


def convolution(image, kernel, pad=(0, 0, 0, 0), **options):
    """`pad` is left, right, top, bottom."""
    padded = F.pad(channels_first(image), pad)
    return channels_last(F.conv2d(padded, kernel.permute(3, 2, 0, 1), **options))


def convolutions():
    def add(name, image, kernel, **options):
        case(f"convolution.{name}", lambda x, k: convolution(x, k, **options),
             [uniform(*image), uniform(*kernel)])

    add("square", (2, 7, 6, 5), (3, 3, 5, 9), pad=(1, 1, 1, 1))
    add("valid", (1, 6, 8, 3), (3, 3, 3, 4), stride=2)
    add("same-strided", (2, 8, 8, 3), (3, 3, 3, 6), pad=(0, 1, 0, 1), stride=2)
    add("stem", (1, 15, 14, 3), (7, 7, 3, 8), pad=(3, 3, 3, 3), stride=2)
    add("pointwise-strided", (2, 7, 5, 6), (1, 1, 6, 7), stride=2)
    add("rectangular", (1, 5, 9, 4), (1, 7, 4, 3), pad=(3, 3, 0, 0))
    add("dilated", (1, 9, 8, 3), (3, 2, 3, 5), pad=(0, 3, 2, 1), dilation=(2, 3))
    add("grouped", (2, 6, 5, 8), (3, 3, 2, 12), pad=(1, 1, 1, 1), groups=4)
    add("depthwise", (2, 7, 7, 9), (3, 3, 1, 9), pad=(1, 1, 1, 1), groups=9)
    add("depthwise-strided", (1, 9, 8, 5), (5, 5, 1, 5), pad=(2, 2, 2, 2), stride=2, groups=5)
    add("depthwise-multiplied", (1, 5, 6, 4), (3, 3, 1, 8), pad=(1, 1, 1, 1), groups=4)
    add("larger-than-image", (2, 2, 3, 3), (5, 5, 3, 4), pad=(2, 2, 2, 2))

    def fused(image, kernel, bias, residual):
        return torch.relu(convolution(image, kernel, pad=(1, 1, 1, 1)) + bias + residual)

    case("convolution.fused", fused,
         [uniform(2, 5, 6, 4), uniform(3, 3, 4, 7), uniform(7), uniform(2, 5, 6, 7, low=-3, high=3)])


def products():
    case("product.plain", lambda a, b: a @ b, [uniform(7, 5), uniform(5, 9)])
    case("product.left-transposed", lambda a, b: a.T @ b, [uniform(5, 7), uniform(5, 9)])
    case("product.right-transposed", lambda a, b: a @ b.T, [uniform(7, 5), uniform(9, 5)])
    case("product.both-transposed", lambda a, b: a.T @ b.T, [uniform(5, 7), uniform(9, 5)])
    case("product.dense", lambda x, k, b: F.linear(x, k.T, b),
         [uniform(4, 33), uniform(33, 10), uniform(10)])
    case("product.dense-relu", lambda x, k, b: torch.relu(F.linear(x, k.T, b)),
         [uniform(4, 17), uniform(17, 8), uniform(8)])


def poolings():
    def add(name, function):
        case(f"pooling.{name}", lambda x: channels_last(function(channels_first(x))),
             [uniform(2, 7, 8, 3)])

    add("maximum", lambda x: F.max_pool2d(x, 2, 2))
    add("maximum-padded", lambda x: F.max_pool2d(x, 3, 2, 1))
    add("maximum-ceil", lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True))
    add("maximum-ceil-rectangular",
        lambda x: F.max_pool2d(x, (2, 3), (3, 2), (1, 0), ceil_mode=True))
    for counted in (True, False):
        suffix = "counted" if counted else "uncounted"
        options = {"count_include_pad": counted}
        add(f"average-{suffix}", lambda x: F.avg_pool2d(x, 3, 2, 1, **options))
        add(f"average-ceil-{suffix}",
            lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, **options))
        add(f"average-ceil-rectangular-{suffix}",
            lambda x: F.avg_pool2d(x, (4, 3), (3, 4), (1, 1), ceil_mode=True, **options))
    # Ties, which whole numbers are full of: the first maximum of a window gets the gradient.
    ties = random.integers(-2, 3, (2, 7, 8, 3)).astype(numpy.float32)
    case("pooling.ties", lambda x: channels_last(F.max_pool2d(channels_first(x), 3, 1, 1)), [ties])
    case("global.average", lambda x: x.mean((1, 2)), [uniform(3, 5, 7, 4)])
    case("global.maximum", lambda x: F.adaptive_max_pool2d(channels_first(x), 1).flatten(1),
         [uniform(3, 5, 7, 4)])
    case("global.ties", lambda x: F.adaptive_max_pool2d(channels_first(x), 1).flatten(1),
         [random.integers(-2, 3, (2, 5, 4, 3)).astype(numpy.float32)])


def activations():
    leak = single(0.2)
    functions = {
        "relu": torch.relu, "relu6": F.relu6, "leaky": lambda x: F.leaky_relu(x, leak),
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "silu": F.silu,
        "hard-sigmoid": F.hardsigmoid, "hard-swish": F.hardswish, "gelu": F.gelu,
    }
    bends = numpy.array(
        [0, 3, -3, 6, -6, 1e-6, -1e-6, 20, -20, 90, -90, 2.5, -2.5, 5.5], dtype=numpy.float32)
    for name, function in functions.items():
        operand = numpy.concatenate([bends, uniform(40, low=-8, high=8)])
        case(f"activation.{name}", function, [operand])
    case("softmax", lambda x: F.softmax(x, -1), [uniform(5, 11, low=-6, high=6)])


def not_a_number():
    """NaN in, NaN out. Gradients where PyTorch's kernels agree among themselves on them."""
    nan = float("nan")
    operand = numpy.array([nan, 2, -1, 0.5, nan, -nan, 8, -8, 1, -2, nan], dtype=numpy.float32)
    leak = single(0.2)
    functions = {
        "relu": torch.relu, "leaky": lambda x: F.leaky_relu(x, leak), "sigmoid": torch.sigmoid,
        "tanh": torch.tanh, "silu": F.silu, "hard-sigmoid": F.hardsigmoid, "gelu": F.gelu,
    }
    for name, function in functions.items():
        case(f"nan.{name}", function, [operand])
    case("nan.relu6", F.relu6, [operand], [])
    case("nan.hard-swish", F.hardswish, [operand], [])

    def image(*shape, count):
        values = uniform(*shape)
        values.flat[random.choice(values.size, count, replace=False)] = nan
        return values

    # Windows with one NaN, with several and with nothing else.
    dense = image(2, 7, 8, 3, count=60)
    dense[0, :3, :3, 1] = nan
    case("nan.maximum", lambda x: channels_last(F.max_pool2d(channels_first(x), 3, 2, 1)), [dense])
    case("nan.average", lambda x: channels_last(F.avg_pool2d(channels_first(x), 3, 2, 1)),
         [image(2, 7, 8, 3, count=9)])
    case("nan.global-maximum", lambda x: F.adaptive_max_pool2d(channels_first(x), 1).flatten(1),
         [image(3, 5, 4, 5, count=20)])
    case("nan.global-average", lambda x: x.mean((1, 2)), [image(3, 5, 4, 5, count=5)])
    case("nan.softmax", lambda x: F.softmax(x, -1), [image(5, 11, count=3)], [])

    def fused(image, kernel, bias):
        return F.relu6(convolution(image, kernel) + bias)

    case("nan.convolution", fused,
         [image(2, 5, 7, 9, count=5), uniform(1, 1, 9, 17, low=-4, high=4), uniform(17)], [])


def normalizations():
    epsilon = single(1e-3)
    x = uniform(3, 4, 5, 6, low=-2, high=3)
    gamma, beta, mean = uniform(6, low=0.5, high=2), uniform(6), uniform(6)
    variance = uniform(6, low=0.2, high=2)

    def inference(x, gamma, beta, mean, variance):
        return channels_last(
            F.batch_norm(channels_first(x), mean, variance, gamma, beta, False, 0, epsilon))

    case("normalization.inference", inference, [x, gamma, beta, mean, variance], [0, 1, 2])

    def training(x, gamma, beta):
        y = F.batch_norm(channels_first(x), None, None, gamma, beta, True, 0, epsilon)
        moments = torch.var_mean(x, (0, 1, 2), unbiased=False)
        return channels_last(y), moments[1], moments[0]

    case("normalization.training", training, [x, gamma, beta])

    # What a training step leaves in the running statistics.
    batch = torch.tensor(x, dtype=torch.float64)
    moved = [torch.tensor(mean, dtype=torch.float64), torch.tensor(variance, dtype=torch.float64)]
    F.batch_norm(channels_first(batch), *moved, training=True, momentum=0.1, eps=epsilon)
    moments = torch.var_mean(batch, (0, 1, 2), unbiased=False)
    for name, old, new, position in (("mean", mean, moved[0], 1), ("variance", variance, moved[1], 0)):
        store(f"running.{name}/operand0", old)
        store(f"running.{name}/operand1", moments[position])
        store(f"running.{name}/result0", new)


def losses():
    smoothing = single(0.1)
    weights = uniform(6, low=0.0, high=2.0)
    weights[2] = 0
    logits = uniform(6, 5, low=-4, high=4)
    probabilities = random.dirichlet(numpy.ones(5), 6).astype(numpy.float32)
    classes = numpy.eye(5, dtype=numpy.float32)[random.integers(0, 5, 6)]

    def weighted(costs, weights):
        return ((costs * weights).sum() / weights.sum()).reshape(1)

    def add(name, cost, targets):
        case(f"loss.{name}", lambda x, t, w: weighted(cost(x, t), w),
             [logits, targets, weights], [0])

    add("cross-entropy",
        lambda x, t: F.cross_entropy(x, t.argmax(1), reduction="none"), classes)
    add("cross-entropy-probabilities",
        lambda x, t: F.cross_entropy(x, t, reduction="none"), probabilities)
    add("cross-entropy-smoothed",
        lambda x, t: F.cross_entropy(x, t.argmax(1), reduction="none", label_smoothing=smoothing),
        classes)
    add("cross-entropy-probabilities-smoothed",
        lambda x, t: F.cross_entropy(x, t, reduction="none", label_smoothing=smoothing),
        probabilities)
    add("binary",
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none").mean(1), classes)
    add("squared", lambda x, t: F.mse_loss(x, t, reduction="none").mean(1), uniform(6, 5))


def layer_normalizations():
    epsilon = single(1e-6)
    case("normalization.layer", lambda x, gamma, beta: F.layer_norm(x, (21,), gamma, beta, epsilon),
         [uniform(2, 3, 4, 21, low=-2, high=5), uniform(21, low=0.5, high=2), uniform(21)])


def optimizers():
    steps, count = 5, 9

    def add(name, make):
        start = uniform(count)
        gradients = uniform(steps, count)
        gradients[:, 3] = 0
        parameter = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimizer = make([parameter])
        history = []
        for gradient in gradients:
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
            optimizer.step()
            history.append(parameter.detach().clone())
        store(f"optimizer.{name}/parameter", start)
        store(f"optimizer.{name}/gradients", gradients)
        store(f"optimizer.{name}/history", torch.stack(history))

    rate = single(0.1)
    add("sgd", lambda p: torch.optim.SGD(p, rate))
    add("sgd-decay", lambda p: torch.optim.SGD(p, rate, weight_decay=single(0.01)))
    add("momentum", lambda p: torch.optim.SGD(p, rate, momentum=single(0.9)))
    add("nesterov", lambda p: torch.optim.SGD(
        p, rate, momentum=single(0.9), nesterov=True, weight_decay=single(0.01)))
    betas = (single(0.9), single(0.999))
    add("adam", lambda p: torch.optim.Adam(p, rate, betas, single(1e-8)))
    add("adam-decay", lambda p: torch.optim.Adam(
        p, rate, betas, single(1e-8), weight_decay=single(0.05)))
    add("adamw", lambda p: torch.optim.AdamW(
        p, rate, betas, single(1e-8), weight_decay=single(0.05)))


def sequences():
    """Embeddings, attention and means of sequences N x length x channels."""
    def attention(queries, keys, values, mask=None):
        heads = [x.reshape(2, -1, 3, 8).transpose(1, 2) for x in (queries, keys, values)]
        kept = None if mask is None else (mask != 0)[:, None, None, :]
        result = F.scaled_dot_product_attention(*heads, attn_mask=kept)
        return result.transpose(1, 2).reshape(2, -1, 24)

    indices = numpy.array([[3, 0, 3, 10], [9, 3, 1, 0]], dtype=numpy.int32)
    case("embedding", lambda table, i: F.embedding(i, table), [uniform(11, 6), indices], [0])
    operands = [uniform(2, length, 24, low=-2, high=2) for length in (5, 7, 7)]
    case("attention.plain", attention, operands)
    mask = numpy.array([[1, 1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0, 0]], dtype=numpy.float32)
    case("attention.masked", attention, operands + [mask], [0, 1, 2])
    case("mean.masked", lambda x, m: (x * m[..., None]).sum(1) / m.sum(1, keepdim=True),
         [uniform(2, 7, 6), mask], [0])
    case("product.sequences", lambda x, k, b: F.linear(x, k.T, b),
         [uniform(2, 7, 5), uniform(5, 9), uniform(9)])


for make in (convolutions, products, poolings, activations, normalizations, losses, optimizers,
             layer_normalizations, not_a_number, sequences):
    make()
save_file(tensors, "operations.safetensors")
print(f"{len(tensors)} tensors, {sum(t.nbytes for t in tensors.values())} bytes")
