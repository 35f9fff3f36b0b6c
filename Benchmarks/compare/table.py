"""Makes a table of measurements."""

import statistics

from workloads import WORKLOADS

# How far the losses of the first step, and of those after an update, may lie apart.
FIRST_LOSS_TOLERANCE = 1e-4
LATER_LOSS_TOLERANCE = 1e-2


class Cell:
    """All steps that one program took on one workload."""

    def __init__(self, measurements):
        self.times = [t for m in measurements for t in m["stepTimesMilliseconds"]]
        self.losses = measurements[-1]["losses"]
        self.peak = statistics.median(m["peakResidentBytes"] for m in measurements)
        self.shares = [m["shareOfPeak"] for m in measurements if "shareOfPeak" in m]

    @property
    def median(self):
        return statistics.median(self.times)

    def speed(self, batch):
        """Images a second: the median, and the range of single steps."""
        low, high = batch / max(self.times) * 1000, batch / min(self.times) * 1000
        return f"{batch / self.median * 1000:.1f} ({low:.1f}–{high:.1f})"


def agreement(cell, reference):
    """Whether two programs computed the same losses."""
    pairs = list(zip(cell.losses, reference.losses))
    differences = [abs(a - b) / max(abs(b), 1e-6) for a, b in pairs]
    if differences[0] > FIRST_LOSS_TOLERANCE or max(differences) > LATER_LOSS_TOLERANCE:
        return f"differs: {cell.losses[:3]} and {reference.losses[:3]}"
    return f"equal to {differences[0]:.0e}"


def markdown(measurements):
    """The table of ratios, one workload a line."""
    lines = [
        "| work | Graft CPU | peak share | best PyTorch | Keras | ratio | goal | OpenCL | OpenCL "
        "to CPU | first loss | memory: Graft, PyTorch |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- | --: |",
    ]
    for row, work in WORKLOADS.items():
        groups = {}
        for measurement in measurements:
            if measurement["row"] == row:
                groups.setdefault(measurement["variant"], []).append(measurement)
        cells = {variant: Cell(group) for variant, group in groups.items()}
        if "graft cpu" in cells:
            lines.append(line(work, cells))
    return "\n".join(lines)


def line(work, cells):
    graft, opencl, keras = (cells.get(name) for name in ("graft cpu", "graft opencl", "keras"))
    torch = {name: cell for name, cell in cells.items() if name.startswith("torch")}
    best_name = min(torch, key=lambda name: torch[name].median, default=None)
    best = torch.get(best_name)
    peers = [cell.median for cell in (best, keras) if cell]
    ratio = f"{min(peers) / graft.median:.2f}" if peers else ""
    memory = f"{graft.peak / 2**20:.0f} MiB"
    if torch:
        memory += f", {min(cell.peak for cell in torch.values()) / 2**20:.0f} MiB"
    cells = [
        f"{work.title}, {work.size} px, batch {work.batch}",
        graft.speed(work.batch),
        f"{statistics.median(graft.shares):.0%}",
        f"{best.speed(work.batch)} {best_name.removeprefix('torch ')}" if best else "",
        keras.speed(work.batch) if keras else "",
        ratio,
        f"{work.goal}",
        opencl.speed(work.batch) if opencl else "",
        f"{graft.median / opencl.median:.2f}" if opencl else "",
        agreement(graft, best) if best else "",
        memory,
    ]
    return "| " + " | ".join(cells) + " |"
