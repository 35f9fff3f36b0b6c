"""Makes `pictures/`: small pictures of odd kinds and what Pillow makes of them, by `convert("RGB")` or,
where parts are transparent, laid over white.

Needs Pillow 12 or later, pillow-heif, tifffile, imagecodecs and cjpeg of libjpeg-turbo. Expected pixels lie in
`pictures/expected.bin`, one after the other; `pictures/expected.json` says where and what they are. Where Pillow is
not the judge, `reason` says why.
"""

import io
import json
import pathlib
import struct
import subprocess
import zlib

import imagecodecs  # noqa: F401, which tifffile compresses with
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageOps

from png_by_hand import chunk

FOLDER = pathlib.Path(__file__).parent / "pictures"
expected = bytearray()
catalogue = []
SIZE = (23, 18)


def pattern(width=SIZE[0], height=SIZE[1], seed=0, channels=3):
    """Colours with edges and slopes: height x width x channels."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    return ((x * 7 + y * 13 + c * 61 + (x * y + seed) % 97 + 40 * ((x // 5 + y // 3) % 2)) % 256).astype(np.uint8)


def smooth(width=SIZE[0], height=SIZE[1]):
    return np.asarray(Image.fromarray(pattern(4, 3)).resize((width, height), Image.BICUBIC))


def shown(data):
    """What Pillow shows: upright, transparent parts over white."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB"))
    return np.asarray(image.convert("RGB"))


def case(name, data, pixels=None, reason=None, tolerance=0):
    """A file and its pixels: Pillow's, or `pixels` (height x width x RGB) for a `reason`."""
    (FOLDER / name).write_bytes(data)
    values = np.ascontiguousarray(shown(data) if pixels is None else pixels)
    assert values.dtype == np.uint8 and values.shape[2] == 3
    facts = {"file": name, "offset": len(expected), "height": values.shape[0], "width": values.shape[1]}
    if reason:
        facts["reason"] = reason
    if tolerance:
        facts["tolerance"] = tolerance
    catalogue.append(facts)
    expected.extend(values.tobytes())


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def jpegs():
    rgb = Image.fromarray(pattern())
    ppm = saved(rgb, "PPM")
    kinds = {
        "411": ["-sample", "4x1"], "440": ["-sample", "1x2"], "410": ["-sample", "4x2"],
        "arithmetic": ["-arithmetic"], "arithmetic-progressive": ["-arithmetic", "-progressive"],
        "gray": ["-grayscale"], "gray-progressive": ["-grayscale", "-progressive"], "rgb": ["-rgb"],
        "chroma-first": ["-sample", "1x1,2x2,1x1"], "restarts": ["-restart", "1B"], "poor": ["-quality", "3"]}
    for name, options in kinds.items():
        data = subprocess.run(["cjpeg", *options], input=ppm, capture_output=True, check=True).stdout
        case(f"{name}.jpg", data)
    case("exif-cmyk.jpg", saved(Image.fromarray(pattern(channels=4), "CMYK"), "JPEG", exif=exif(6)))
    for orientation in range(1, 9):
        case(f"exif-{orientation}.jpg", saved(rgb, "JPEG", exif=exif(orientation), quality=60))


def pngs_and_webps():
    frames = [Image.fromarray(pattern(seed=seed)) for seed in (0, 50)]
    case("animated.png", saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    whole = saved(frames[0], "PNG")
    case("without-end.png", whole[: whole.index(b"IEND") - 4])
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes([65]) * 900_000, 9))
    at = whole.index(b"IDAT") - 4
    case("text-bomb.png", whole[:at] + text + whole[at:])
    clear = [Image.fromarray(pattern(seed=seed, channels=4)) for seed in (0, 50)]
    case("animated-alpha.webp", saved(clear[0], "WEBP", lossless=True, exact=True, save_all=True, append_images=clear[1:]))


class Bits:
    def __init__(self):
        self.value, self.count = 0, 0

    def add(self, code, width):
        self.value |= code << self.count
        self.count += width

    def bytes(self):
        return self.value.to_bytes((self.count + 7) // 8, "little")


def gif(indices, palette, bits, screen=None, at=(0, 0), interlaced=False, transparent=None, is_global=True, more=b""):
    """A GIF of one frame whose codes are never compressed."""
    height, width = indices.shape
    screen = screen or (width, height)
    colors = bytes(palette[: 2**bits].reshape(-1)).ljust(3 * 2**bits, b"\0")
    table = 0x80 | bits - 1
    result = b"GIF89a" + struct.pack("<HHBBB", *screen, table if is_global else 0, 0, 0) + (colors if is_global else b"")
    if transparent is not None:
        result += b"\x21\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    flags = (0 if is_global else table) | (0x40 if interlaced else 0)
    result += b"," + struct.pack("<HHHHB", *at, width, height, flags) + (b"" if is_global else colors)
    rows = [y for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, height, step)]
    ordered = indices[rows] if interlaced else indices
    least = max(2, bits)
    codes = Bits()
    for place, index in enumerate(ordered.reshape(-1).tolist()):
        if place % (2**least - 2) == 0:
            codes.add(2**least, least + 1)
        codes.add(index, least + 1)
    codes.add(2**least + 1, least + 1)
    data = codes.bytes()
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    return result + bytes([least]) + blocks + b"\0" + more + b";"


def gifs():
    image = Image.fromarray(pattern())
    frames = [image.quantize(32), Image.fromarray(pattern(seed=50)).quantize(32)]
    case("plain.gif", saved(image.quantize(64), "GIF"))
    case("gray.gif", saved(image.convert("L"), "GIF"))
    case("animated.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0))
    case("transparent.gif", saved(frames[0], "GIF", transparency=3))
    palette = pattern(16, 1)[0]
    indices = (pattern()[:, :, 0] // 16).astype(np.uint8)
    case("interlaced.gif", gif(indices, palette, 4, interlaced=True))
    case("local-palette.gif", gif(indices, palette, 4, is_global=False))
    case("two-colours.gif", gif(indices // 8, palette, 1))
    case("small-frame.gif", gif(indices[:9, :11], palette, 4, screen=SIZE, at=(5, 3)))
    case("small-frame-transparent.gif", gif(indices[:9, :11], palette, 4, screen=SIZE, at=(5, 3), transparent=2))
    case("large-frame.gif", gif(indices, palette, 4, screen=(7, 5)))


def bmp(width, height, bits, data, palette=None, compression=0, masks=None, top_down=False, header=40, offset_gap=0):
    colors = b"" if palette is None else b"".join(bytes([b, g, r]) + (b"" if header == 12 else b"\0") for r, g, b in palette.tolist())
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, len(data), 2835, 2835, 0 if palette is None else len(palette), 0)
        info += b"".join(struct.pack("<I", mask) for mask in masks or [])
        info = info.ljust(header, b"\0")
    start = 14 + len(info) + len(colors) + offset_gap
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + info + colors + b"\0" * offset_gap + data


def bmp_rows(rows, bits):
    """Rows of numbers, the last first, each padded to four bytes."""
    result = b""
    for row in rows[::-1]:
        if bits < 8:
            text = "".join(format(v, f"0{bits}b") for v in row.tolist())
            text += "0" * (-len(text) % 8)
            line = bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
        else:
            line = b"".join(int(v).to_bytes(bits // 8, "little") for v in row.tolist())
        result += line + b"\0" * (-len(line) % 4)
    return result


def runs(indices, half):
    """Run lengths: each row a run, some pixels as they are, runs of one."""
    result = b""
    for row in indices[::-1].tolist():
        flat = row[:4]
        result += bytes([6, row[0] << 4 | row[1] if half else row[0]])
        if half:
            result += bytes([0, 5, row[6] << 4 | row[7], row[8] << 4 | row[9], row[10] << 4, 0])
        else:
            result += bytes([0, 5, *row[6:11], 0])
        for value in row[11:]:
            result += bytes([1, value << 4 if half else value])
        result += b"\0\0"
    return result + b"\0\1"


def run_pixels(indices, half):
    rows = []
    for row in indices.tolist():
        first = [row[0], row[1]] * 3 if half else [row[0]] * 6
        rows.append(first + row[6:])
    return np.array(rows)


def bmps():
    width, height = SIZE
    rgb = pattern().astype(np.uint32)
    r, g, b = rgb[:, :, 0], rgb[:, :, 1], rgb[:, :, 2]
    palette = pattern(256, 1)[0]
    indices = pattern(seed=9)[:, :, 1]
    case("1.bmp", bmp(width, height, 1, bmp_rows(indices >> 7, 1), palette[:2]))
    case("4.bmp", bmp(width, height, 4, bmp_rows(indices >> 4, 4), palette[:16]))
    case("4-ten-colours.bmp", bmp(width, height, 4, bmp_rows(indices // 26, 4), palette[:10]))
    case("8.bmp", bmp(width, height, 8, bmp_rows(indices, 8), palette))
    case("8-gray.bmp", saved(Image.fromarray(pattern()).convert("L"), "BMP"))
    case("os2.bmp", bmp(width, height, 8, bmp_rows(indices, 8), palette, header=12))
    case("16.bmp", bmp(width, height, 16, bmp_rows(r >> 3 << 10 | g >> 3 << 5 | b >> 3, 16)))
    case("565.bmp", bmp(width, height, 16, bmp_rows(r >> 3 << 11 | g >> 2 << 5 | b >> 3, 16), compression=3, masks=[0xF800, 0x7E0, 0x1F], header=56))
    case("24.bmp", saved(Image.fromarray(pattern()), "BMP"))
    case("24-gap.bmp", bmp(width, height, 24, bmp_rows(r << 16 | g << 8 | b, 24), offset_gap=14))
    case("top-down.bmp", bmp(width, height, 24, bmp_rows((r << 16 | g << 8 | b)[::-1], 24), top_down=True))
    alpha = pattern(seed=31)[:, :, 2].astype(np.uint32)
    case("32.bmp", bmp(width, height, 32, bmp_rows(alpha << 24 | r << 16 | g << 8 | b, 32)))
    case("32-alpha.bmp", bmp(width, height, 32, bmp_rows(alpha << 24 | r << 16 | g << 8 | b, 32), compression=3, masks=[0xFF0000, 0xFF00, 0xFF, 0xFF000000], header=124))
    few = indices >> 4
    for name, values, half, bits, kind in [("rle8.bmp", indices, False, 8, 1), ("rle4.bmp", few, True, 4, 2)]:
        colors = palette[: 2**bits]
        data = bmp(width, height, bits, runs(values, half), colors, compression=kind)
        pixels = colors[run_pixels(values, half)]
        # Pillow writes both pixels of the last byte of an odd number of 4-bit pixels.
        if half:
            case(name, data, pixels, "Pillow draws one pixel more where an odd number of 4-bit pixels stands as it is")
        else:
            case(name, data)


def pnms():
    image = Image.fromarray(pattern())
    one, gray = image.convert("1"), image.convert("L")
    case("p4.pbm", saved(one, "PPM"))
    case("p5.pgm", saved(gray, "PPM"))
    case("p6.ppm", saved(image, "PPM"))
    width, height = SIZE
    head = f"# a comment\n{width} # another\n {height}\n"
    text = lambda values: "\n".join(" ".join(str(v) for v in row) for row in values.reshape(height, -1).tolist()) + "\n"
    bits = 1 - np.asarray(one).astype(int)
    case("p1.pbm", f"P1\n{head}{text(bits)}".replace(" 0 ", "0 ").encode())
    case("p2.pgm", f"P2\n{head}255\n{text(np.asarray(gray))}".encode())
    case("p3.ppm", f"P3\n{head}255\n{text(pattern())}".encode())
    case("p3-100.ppm", f"P3\n{head}100\n{text(pattern() % 101)}".encode())
    case("p6-100.ppm", f"P6\n{head}100\n".encode() + (pattern() % 101).tobytes())
    deep = (pattern().astype(int) * 256 + 255 - pattern()).astype(">u2")
    case("p6-16.ppm", f"P6\n{head}65535\n".encode() + deep.tobytes())
    values = deep[:, :, 0]
    case("p5-16.pgm", f"P5\n{head}65535\n".encode() + values.tobytes(), gray_of(values >> 8), DEEP_GRAY)


DEEP_GRAY = "Pillow cuts deep gray off at 255, which turns nearly all of it white; the high byte is kept, as of all deep samples"


def gray_of(levels):
    return np.repeat(levels.astype(np.uint8)[:, :, None], 3, axis=2)


def tiff(pixels, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, metadata=None, software=False, **options)
    return buffer.getvalue()


def tiffs():
    rgb, rgba, inks = pattern(), pattern(channels=4), pattern(channels=4, seed=7)
    image = Image.fromarray(rgb)
    deep = lambda samples: samples.astype(np.uint16) * 256 + 255 - samples
    for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]:
        case(f"{compression.replace('tiff_', '')}.tif", saved(image, "TIFF", compression=compression))
    for name, mode in [("bilevel", "1"), ("gray", "L"), ("gray-alpha", "LA"), ("cmyk", "CMYK"), ("rgba", "RGBA")]:
        source = {"CMYK": Image.fromarray(inks, "CMYK"), "RGBA": Image.fromarray(rgba)}.get(mode, image)
        case(f"{name}.tif", saved(source.convert(mode), "TIFF", compression="tiff_lzw"))
    case("palette.tif", saved(image.quantize(200), "TIFF", compression="tiff_lzw"))
    case("group4.tif", saved(image.convert("1"), "TIFF", compression="group4"))
    case("white-is-zero.tif", tiff(rgb[:, :, 0], photometric="miniswhite"))
    case("rgb-16.tif", tiff(deep(rgb), photometric="rgb"))
    case("rgb-16-big-endian.tif", tiff(deep(rgb), photometric="rgb", byteorder=">"))
    case("big.tif", tiff(rgb, photometric="rgb", bigtiff=True))
    case("cmyk-16.tif", tiff(deep(inks), photometric="separated"))
    case("gray-16.tif", tiff(deep(rgb)[:, :, 0], photometric="minisblack"), gray_of(rgb[:, :, 0]), DEEP_GRAY)
    case("gray-16-lzw.tif", tiff(deep(rgb)[:, :, 0], photometric="minisblack", compression="lzw", predictor=True), gray_of(rgb[:, :, 0]), DEEP_GRAY)
    case("strips.tif", tiff(rgb, photometric="rgb", rowsperstrip=5, compression="deflate", predictor=True))
    case("tiles.tif", tiff(rgb, photometric="rgb", tile=(16, 16), compression="deflate"))
    case("tiles-gray.tif", tiff(rgb[:, :, 1], photometric="minisblack", tile=(16, 16)))
    planes = np.ascontiguousarray(rgb.transpose(2, 0, 1))
    case("planes.tif", tiff(planes, photometric="rgb", planarconfig="separate", compression="lzw"))
    case("planes-tiles.tif", tiff(planes, photometric="rgb", planarconfig="separate", tile=(16, 16), compression="deflate"))
    case("jpeg-tiles.tif", tiff(rgb, photometric="ycbcr", tile=(16, 16), compression="jpeg"))
    multiplied = rgba.copy()
    multiplied[:, :, :3] = rgba[:, :, :3].astype(int) * rgba[:, :, 3:] // 255
    case("multiplied.tif", tiff(multiplied, photometric="rgb", extrasamples=["assocalpha"]))
    case("extra.tif", tiff(rgba, photometric="rgb", extrasamples=["unspecified"]))
    case("pages.tif", saved(image, "TIFF", save_all=True, append_images=[Image.fromarray(pattern(seed=3))]))
    for orientation in (3, 6):
        case(f"orientation-{orientation}.tif", tiff(rgb, photometric="rgb", extratags=[(274, 3, 1, orientation, True)]))


def heifs():
    image = Image.fromarray(smooth(64, 48))
    pillow_heif.register_heif_opener()
    case("lossless.heic", saved(image, "HEIF", quality=-1, chroma=444, matrix_coefficients=0), tolerance=0)
    case("lossy.heic", saved(image, "HEIF", quality=80), tolerance=3)
    case("lossy.avif", saved(image, "AVIF", quality=80), tolerance=3)
    turned = saved(image, "HEIF", quality=80, exif=exif(6))
    case("turned.heic", turned, tolerance=3)


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for make in [jpegs, pngs_and_webps, gifs, bmps, pnms, tiffs, heifs]:
        make()
    (FOLDER / "expected.bin").write_bytes(expected)
    (FOLDER / "expected.json").write_text(json.dumps(catalogue, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
