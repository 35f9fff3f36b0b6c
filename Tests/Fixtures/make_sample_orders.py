"""Prints the orders of SampleOrderTests: SplitMix64 (https://prng.di.unimi.it/splitmix64.c), Lemire's
bounded numbers (https://arxiv.org/abs/1805.10941) and Fisher and Yates's shuffle, from the front.

Needs nothing but Python.
"""

MASK = (1 << 64) - 1


def split_mix(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def below(bound, numbers):
    product = next(numbers) * bound
    if product & MASK < bound:
        threshold = -bound % (1 << 64) % bound
        while product & MASK < threshold:
            product = next(numbers) * bound
    return product >> 64


def order(count, seed, epoch):
    numbers = split_mix(seed ^ ((epoch + 1) * 0xD1342543DE82EF95 & MASK))
    samples = list(range(count))
    for i in range(count - 1):
        j = i + below(count - i, numbers)
        samples[i], samples[j] = samples[j], samples[i]
    return samples


for count, seed, epoch in [(10, 0, 1), (10, 0, 2), (10, MASK, 1), (7, 42, 30)]:
    print(count, seed, epoch, order(count, seed, epoch))
