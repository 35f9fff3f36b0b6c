"""Writes the kinds of PNG that Pillow reads but does not write: any depth, interlaced, odd chunks."""

import struct
import zlib

PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(row, depth):
    """Samples of one row (a flat list) as bytes."""
    if depth == 16:
        return b"".join(struct.pack(">H", sample) for sample in row)
    bits = "".join(format(sample, f"0{depth}b") for sample in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def scanlines(samples, depth):
    """Unfiltered scanlines of an array height x width x channels."""
    return b"".join(b"\0" + pack_row(row.reshape(-1).tolist(), depth) for row in samples if row.size)


def png(samples, depth, color_type, interlaced=False, before=b"", after=b""):
    """A PNG of `samples` (height x width x channels), with chunks before and behind the pixels."""
    height, width = samples.shape[:2]
    if interlaced:
        data = b"".join(scanlines(samples[y::dy, x::dx], depth) for x, y, dx, dy in PASSES)
    else:
        data = scanlines(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before
        + chunk(b"IDAT", zlib.compress(data)) + after + chunk(b"IEND", b"")
    )
