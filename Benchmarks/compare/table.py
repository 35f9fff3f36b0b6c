"""Makes tables of measurements."""

import statistics

from workloads import WORKLOADS, Data, Job, Predict, Step, TextStep

# How far the losses of the first step, and of those after an update, may lie apart.
FIRST_LOSS_TOLERANCE = 1e-4
LATER_LOSS_TOLERANCE = 1e-2
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


class Cell:
    """What one program measured on one workload, over all rounds."""

    def __init__(self, measurements):
        self.measurements = measurements
        self.times = [t for m in measurements for t in m["timesMilliseconds"]]
        self.losses = measurements[-1].get("losses", [])
        self.peaks = [m["peakResidentBytes"] for m in measurements if "peakResidentBytes" in m]

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def peak(self):
        return statistics.median(self.peaks)

    def share(self, name):
        return f"{statistics.median(m[name] for m in self.measurements):.0%}"

    def rates(self, count):
        """Things a second: the median, and the range of single measurements."""
        return spread([count / t * 1000 for t in self.times], ".1f")

    def seconds(self):
        return spread([t / 1000 for t in self.times], ".3g") + " s"

    def mebibytes(self):
        return spread([peak / 2**20 for peak in self.peaks], ".0f") + " MiB"


def spread(values, form):
    median, low, high = statistics.median(values), min(values), max(values)
    if len(values) == 1:
        return f"{median:{form}}"
    return f"{median:{form}} ({low:{form}}–{high:{form}})"


def ratio(slow, fast, value):
    """How many times less the one takes than the other: of all, and the range of the rounds'."""
    whole = value(slow.measurements) / value(fast.measurements)
    rounds = [value([s]) / value([f]) for s, f in zip(slow.measurements, fast.measurements)]
    if len(rounds) < 2:
        return f"{whole:.2f}"
    return f"{whole:.2f} ({min(rounds):.2f}–{max(rounds):.2f})"


def time_of(measurements):
    return statistics.median(t for m in measurements for t in m["timesMilliseconds"])


def peak_of(measurements):
    return statistics.median(m["peakResidentBytes"] for m in measurements)


def cells_of(measurements, row):
    groups = {}
    for measurement in measurements:
        if measurement["row"] == row:
            groups.setdefault(measurement["variant"], []).append(measurement)
    return {variant: Cell(group) for variant, group in groups.items()}


def best(cells, prefix, value):
    """The best program of a kind, and its name; None where there is none."""
    names = [name for name in cells if name.startswith(prefix)]
    name = min(names, key=lambda name: value(cells[name].measurements), default=None)
    return cells.get(name), (name or "").removeprefix(prefix).strip()


def reference_losses(work, cells):
    """The programs that compute on the same weights as Graft."""
    same = [name for name in cells if name.startswith(("torch", "tinygrad", "graft"))]
    if "keras" in cells and work.backbone == "vgg16":
        same.append("keras")
    return {name: cells[name].losses for name in same}


def differences(measurements, rows):
    """What programs computed other losses than Graft from the same weights."""
    found = []
    for row in rows:
        work, cells = WORKLOADS[row], cells_of(measurements, row)
        if not isinstance(work, Step) or not cells:
            continue
        losses = reference_losses(work, cells)
        own = next((name for name in losses if name.startswith("graft")), None)
        for name in losses:
            if own and not agree(losses[name], losses[own]):
                found.append(
                    f"{row}: {name} computed {losses[name][:3]}, {own} {losses[own][:3]} "
                    "from the same weights"
                )
    return found


def relative(a, b):
    return abs(a - b) / max(abs(b), 1e-6)


def agree(losses, reference):
    pairs = list(zip(losses, reference))
    far = [relative(a, b) for a, b in pairs]
    return bool(far) and far[0] <= FIRST_LOSS_TOLERANCE and max(far) <= LATER_LOSS_TOLERANCE


def table(header, lines, left):
    """A Markdown table whose first `left` columns are aligned to the left; nothing if empty."""
    if not lines:
        return []
    rule = ["---"] * left + ["--:"] * (len(header) - left)
    return ["| " + " | ".join(cells) + " |" for cells in [header, rule, *lines]] + [""]


def markdown(measurements):
    """All tables, and the versions of what was measured."""
    makers = [step_table, memory_table, opencl_table, runtime_table, other_table]
    lines = [line for make in makers for line in make(measurements)]
    return "\n".join(lines + notes(measurements))


def step_rows(measurements, measure):
    for row, work in WORKLOADS.items():
        if isinstance(work, Step) and work.measure == measure and not work.on_opencl:
            cells = cells_of(measurements, row)
            if "graft cpu" in cells:
                yield work, cells


def step_table(measurements):
    lines, unset = [], "graft cpu, OPENBLAS_ unset"
    has_unset = any(unset in cells for _, cells in step_rows(measurements, "time"))
    for work, cells in step_rows(measurements, "time"):
        graft, keras = cells["graft cpu"], cells.get("keras")
        torch, kind = best(cells, "torch", time_of)
        peers = [cell for cell in (torch, keras) if cell]
        peer = min(peers, key=lambda cell: cell.median, default=None)
        loss = relative(torch.losses[0], graft.losses[0]) if torch else None
        lines.append(
            [work.name, graft.rates(work.batch)]
            + ([cells[unset].rates(work.batch) if unset in cells else ""] if has_unset else [])
            + [f"{torch.rates(work.batch)} {kind}" if torch else ""]
            + [keras.rates(work.batch) if keras else ""]
            + [f"**{ratio(peer, graft, time_of)}**" if peer else "", f"{work.goal}"]
            + [graft.share("executedShareOfPeak"), graft.share("shareOfPeak")]
            + [graft.share("shareOfBandwidth")]
            + [f"{loss:.0e}" if loss is not None else ""]
        )
    header = ["step", "Graft, samples/s"] + ["Graft, OPENBLAS_ unset"] * has_unset
    header += ["best PyTorch", "Keras", "ratio", "goal", "of peak, executed"]
    header += ["of peak, by definition", "of bandwidth", "first loss differs by"]
    return table(header, lines, 1)


def memory_table(measurements):
    lines = []
    for work, cells in step_rows(measurements, "memory"):
        torch, kind = best(cells, "torch", peak_of)
        if torch:
            graft = cells["graft cpu"]
            share = f"**{ratio(torch, graft, peak_of)}**"
            peer = f"{torch.mebibytes()} {kind}"
            lines.append([work.name, graft.mebibytes(), peer, share, f"{work.goal}"])
    return table(["peak resident memory", "Graft", "best PyTorch", "ratio", "goal"], lines, 1)


def opencl_table(measurements):
    lines = []
    for work, cells in step_rows(measurements, "time"):
        opencl, cpu = cells.get("graft opencl"), cells["graft cpu"]
        if opencl:
            share = ratio(cpu, opencl, time_of)
            goal = "0.85" if isinstance(work, TextStep) else "0.8" if work.freeze == "backbone" else ""
            rates = [cell.rates(work.batch) for cell in (opencl, cpu)]
            lines.append([work.name, *rates, f"**{share}**", goal])
    header = ["step", "Graft's OpenCL, samples/s", "Graft's CPU backend", "ratio", "goal"]
    return table(header, lines, 1)


def runtime_table(measurements):
    lines = []
    for row, work in WORKLOADS.items():
        if not (isinstance(work, Step) and work.on_opencl):
            continue
        cells = cells_of(measurements, row)
        for name in [name for name in cells if name.startswith("graft on ")]:
            runtime = name.removeprefix("graft on ")
            graft, peer = cells[name], cells.get(f"tinygrad on {runtime}")
            rates = [cell.rates(work.batch) if cell else "" for cell in (graft, peer)]
            share = f"**{ratio(peer, graft, time_of)}**" if peer else ""
            lines.append([work.name, runtime, *rates, share, f"{work.goal}"])
    header = ["step", "OpenCL runtime", "Graft, images/s", "tinygrad", "ratio", "goal"]
    return table(header, lines, 2)


def other_table(measurements):
    lines = []
    for row, work in WORKLOADS.items():
        cells = cells_of(measurements, row)
        graft = cells.get("graft cpu")
        if not graft or isinstance(work, Step):
            continue
        if isinstance(work, Predict):
            share = f"**{work.limit / (graft.median / 1000):.2f}**"
            name = f"`graft predict`, one photo, {work.name}"
            lines.append([name, graft.seconds(), f"limit {work.limit} s", share, "1"])
            continue
        peer, name = best({n: c for n, c in cells.items() if n != "graft cpu"}, "", time_of)
        texts = [other_text(work, cell) if cell else "" for cell in (graft, peer)]
        share = f"**{ratio(peer, graft, time_of)}**" if peer else ""
        lines.append([work.name, texts[0], f"{texts[1]} {name}", share, f"{work.goal}"])
    return table(["work", "Graft", "peer", "ratio", "goal"], lines, 1)


def other_text(work, cell):
    if isinstance(work, Data):
        return cell.rates(1) + " photos/s"
    assert isinstance(work, Job)
    accuracy = cell.measurements[-1]["accuracy"]
    return f"{cell.seconds()}, {cell.mebibytes()}, accuracy {accuracy:.3f}"


def notes(measurements):
    """What was measured: devices and versions."""
    kinds = {
        "Graft's devices": sorted({m["identity"] for m in measurements if m.get("identity")}),
        "Peers": sorted({m["version"] for m in measurements if m.get("version")}),
    }
    lines = [f"{kind}: {'; '.join(texts)}." for kind, texts in kinds.items() if texts]
    variables = {f"{n}={v}" for m in measurements for n, v in m.get("openblas", {}).items()}
    names = ", ".join(sorted(variables)) or "none"
    peaks = [m["machine"] for m in measurements if "machine" in m]
    if peaks:
        flops = spread([p["operationsPerSecond"] / 1e9 for p in peaks], ".0f")
        bandwidth = spread([p["bytesPerSecond"] / 1e9 for p in peaks], ".0f")
        lines.append(
            f"Peak measured beside each of Graft's steps: {flops} GFLOP/s, {bandwidth} GB/s, on "
            f"{peaks[0]['coreCount']} cores."
        )
    return lines + [f"OPENBLAS_ variables in the environment: {names}."]


def write(text, path):
    """Puts the tables between the marks of a Markdown file."""
    page = path.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert rest and after is not None, f"{path} has no {BEGIN}"
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
