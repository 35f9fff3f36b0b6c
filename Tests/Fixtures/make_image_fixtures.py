"""Makes `images/`: small pictures of every kind and what Pillow, torchvision and SciPy make of them.

Needs Pillow 12 or later, numpy, scipy, torch and torchvision. Expected pixels lie in
`images/expected.bin`, one after the other; `images/expected.json` says where and what they are.
"""

import io
import json
import pathlib
import struct

import numpy as np
import scipy.ndimage
from PIL import Image, ImageEnhance, ImageOps, PngImagePlugin
from torchvision import transforms
from torchvision.transforms import InterpolationMode, functional

from png_by_hand import chunk, png

FOLDER = pathlib.Path(__file__).parent / "images"
BACKGROUNDS = {"white": (255, 255, 255), "olive": (90, 120, 30)}
expected = bytearray()
catalogue = {"decode": [], "resize": [], "fit": [], "color": [], "affine": []}


def keep(section, pixels, **facts):
    """Notes expected bytes or floats together with the facts that lead to them."""
    data = np.ascontiguousarray(pixels)
    catalogue[section].append(
        {**facts, "offset": len(expected), "height": data.shape[0], "width": data.shape[1]})
    expected.extend(data.tobytes())


def pattern(width, height, seed=0):
    """Colours with edges and slopes, computed alike by the Swift tests: height x width x 3."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 7 + y * 13 + c * 61 + (x * y + seed) % 97 + 40 * ((x // 5 + y // 3) % 2)) % 256).astype(np.uint8)


def over(image, color):
    """Turned upright, then laid over a colour."""
    image = ImageOps.exif_transpose(image).convert("RGBA")
    ground = Image.new("RGBA", image.size, color + (255,))
    return np.asarray(Image.alpha_composite(ground, image).convert("RGB"))


def decode_case(name, data, pixels=None):
    """A file to decode; `pixels` (height x width x RGBA) where Pillow is not the judge."""
    (FOLDER / name).write_bytes(data)
    image = Image.open(io.BytesIO(data)) if pixels is None else Image.fromarray(pixels)
    shown = {background: over(image, color) for background, color in BACKGROUNDS.items()}
    if np.array_equal(*shown.values()):
        del shown["white"]
    for background, values in shown.items():
        keep("decode", values, file=name, background=background)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def xmp(orientation):
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
        f'tiff:Orientation="{orientation}"/></x:xmpmeta>')


def jpegs():
    rgb = Image.fromarray(pattern(37, 29))
    for name, sampling in [("444", "4:4:4"), ("422", "4:2:2"), ("420", "4:2:0")]:
        decode_case(f"rgb-{name}.jpg", saved(rgb, "JPEG", quality=90, subsampling=sampling))
    decode_case("progressive.jpg", saved(rgb, "JPEG", quality=75, progressive=True))
    decode_case("restarts.jpg", saved(rgb, "JPEG", quality=75, restart_marker_rows=1))
    decode_case("stored-rgb.jpg", saved(rgb, "JPEG", quality=90, keep_rgb=True))
    decode_case("gray.jpg", saved(rgb.convert("L"), "JPEG", quality=90))
    inks = np.concatenate([pattern(37, 29), pattern(37, 29, 5)[:, :, :1]], axis=2)
    four = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=90)
    decode_case("cmyk.jpg", four)
    at = four.index(b"Adobe") + 11  # the transform: 0 for CMYK, 2 for YCCK
    decode_case("ycck.jpg", four[:at] + b"\2" + four[at + 1 :])
    for orientation in range(1, 9):
        decode_case(f"exif-{orientation}.jpg", saved(rgb, "JPEG", exif=exif(orientation)))
    decode_case("exif-big-endian.jpg", saved(rgb, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"))
    decode_case("xmp.jpg", saved(rgb, "JPEG", xmp=xmp(8).encode()))


def pngs():
    rgb = pattern(21, 17)
    alpha = pattern(21, 17, 31)[:, :, 2:]
    rgba = np.concatenate([rgb, alpha], axis=2)
    image = Image.fromarray(rgb)
    palette = image.quantize(16)
    decode_case("rgb.png", saved(image, "PNG"))
    decode_case("rgba.png", saved(Image.fromarray(rgba), "PNG"))
    decode_case("gray.png", saved(image.convert("L"), "PNG"))
    decode_case("gray-alpha.png", saved(Image.fromarray(rgba).convert("LA"), "PNG"))
    decode_case("bilevel.png", saved(image.convert("1"), "PNG"))
    decode_case("palette.png", saved(palette, "PNG", bits=8))
    for bits in [1, 2, 4]:
        decode_case(f"palette-{bits}.png", saved(image.quantize(2**bits), "PNG", bits=bits))
    decode_case("palette-alpha.png", saved(palette, "PNG", transparency=bytes(range(0, 256, 16))))
    decode_case("palette-key.png", saved(palette, "PNG", transparency=3))
    gray = np.asarray(image.convert("L"))[:, :, None]
    for bits in [2, 4]:
        decode_case(f"gray-{bits}.png", png(gray >> (8 - bits), bits, 0))
    key = struct.pack(">H", int(gray[3, 4, 0]))
    decode_case("gray-key.png", png(gray, 8, 0, before=chunk(b"tRNS", key)))
    key = struct.pack(">HHH", *(int(v) for v in rgb[3, 4]))
    decode_case("rgb-key.png", png(rgb, 8, 2, before=chunk(b"tRNS", key)))
    deep = lambda samples: samples.astype(np.uint16) * 256 + 255 - samples
    decode_case("rgb-16.png", png(deep(rgb), 16, 2))
    decode_case("rgba-16.png", png(deep(rgba), 16, 6))
    decode_case("gray-alpha-16.png", png(deep(rgba[:, :, 2:]), 16, 4))
    # Pillow cuts 16-bit gray off at 255; like all other samples of 16 bits these keep the high byte.
    opaque = np.full_like(gray, 255)
    decode_case("gray-16.png", png(deep(gray), 16, 0), np.concatenate([gray, gray, gray, opaque], axis=2))
    # Pillow compares keys below 8 bits with scaled samples, and never finds them.
    four = gray >> 4
    levels = four * 17
    shown = np.where(four == four[3, 4], 0, 255).astype(np.uint8)
    key = struct.pack(">H", int(four[3, 4, 0]))
    decode_case("gray-4-key.png", png(four, 4, 0, before=chunk(b"tRNS", key)), np.concatenate([levels, levels, levels, shown], axis=2))
    decode_case("interlaced.png", png(rgb, 8, 2, interlaced=True))
    decode_case("interlaced-rgba.png", png(rgba, 8, 6, interlaced=True))
    decode_case("interlaced-gray-1.png", png(gray >> 7, 1, 0, interlaced=True))
    profiles = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"sRGB", b"\0")
    decode_case("gamma.png", png(rgb, 8, 2, before=profiles))
    decode_case("exif-6.png", saved(image, "PNG", exif=exif(6)))
    decode_case("exif-behind.png", png(rgb, 8, 2, after=chunk(b"eXIf", exif(5)[6:])))
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp(3))
    decode_case("xmp.png", saved(image, "PNG", pnginfo=text))
    text = PngImagePlugin.PngInfo()
    raw = exif(8)
    text.add_text("Raw profile type exif", f"\nexif\n{len(raw):8d}\n{raw.hex()}\n", zip=True)
    decode_case("exif-text.png", saved(image, "PNG", pnginfo=text))


def webps():
    rgb = Image.fromarray(pattern(37, 29))
    rgba = Image.fromarray(np.concatenate([pattern(37, 29), pattern(37, 29, 31)[:, :, 2:]], axis=2))
    decode_case("lossy.webp", saved(rgb, "WEBP", quality=80))
    decode_case("lossy-alpha.webp", saved(rgba, "WEBP", quality=80))
    decode_case("lossless.webp", saved(rgb, "WEBP", lossless=True))
    decode_case("lossless-alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True))
    other = Image.fromarray(pattern(37, 29, 50))
    decode_case("animation.webp", saved(rgb, "WEBP", lossless=True, save_all=True, append_images=[other]))
    decode_case("exif-7.webp", saved(rgb, "WEBP", quality=80, exif=exif(7)))
    decode_case("xmp.webp", saved(rgb, "WEBP", quality=80, xmp=xmp(2).encode()))


def resizes():
    methods = {
        "nearest": Image.NEAREST, "box": Image.BOX, "bilinear": Image.BILINEAR,
        "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    sizes = [
        ((61, 43), [(17, 11), (61, 43), (61, 12), (20, 43), (100, 3), (1, 1), (1, 60), (67, 44)]),
        ((1, 50), [(9, 7), (1, 13)]), ((50, 1), [(7, 9), (80, 1)]), ((3, 2), [(29, 31)]),
        ((700, 500), [(13, 11)])]
    for (width, height), targets in sizes:
        source = Image.fromarray(pattern(width, height))
        for target in targets:
            for name, method in methods.items():
                keep("resize", np.asarray(source.resize(target, method)), source=[width, height], by=name)


def fits():
    for width, height, resize, crop in [
            (37, 53, 24, 20), (53, 37, 24, 20), (40, 40, 23, 20), (30, 31, 16, 20), (100, 9, 21, 20),
            (31, 64, 27, 20), (20, 20, 20, 20)]:
        source = Image.fromarray(pattern(width, height))
        steps = transforms.Compose([
            transforms.Resize(resize, InterpolationMode.BILINEAR), transforms.CenterCrop(crop)])
        keep("fit", np.asarray(steps(source)), source=[width, height], rule="crop", resize=resize)
    for width, height in [(37, 53), (53, 36), (5, 60)]:
        source = Image.fromarray(pattern(width, height))
        side = max(width, height)
        square = Image.new("RGB", (side, side), BACKGROUNDS["olive"])
        square.paste(source, ((side - width) // 2, (side - height) // 2))
        keep("fit", np.asarray(square.resize((20, 20), Image.BILINEAR)), source=[width, height], rule="pad")
        keep("fit", np.asarray(source.resize((20, 20), Image.BILINEAR)), source=[width, height], rule="stretch")
    # No part of these has an allowed shape, so that torchvision falls back to the centre.
    for width, height in [(90, 8), (8, 90)]:
        source = Image.fromarray(pattern(width, height))
        crop = transforms.RandomResizedCrop(20, scale=(0.9, 1.0), interpolation=InterpolationMode.BILINEAR)
        keep("fit", np.asarray(crop(source)), source=[width, height], rule="fallback")


def colors():
    source = Image.fromarray(pattern(23, 19))
    for factor in [0, 0.37, 1, 1.8]:
        keep("color", np.asarray(functional.adjust_brightness(source, factor)), change="brightness", factor=factor)
        keep("color", np.asarray(functional.adjust_contrast(source, factor)), change="contrast", factor=factor)
        keep("color", np.asarray(functional.adjust_saturation(source, factor)), change="saturation", factor=factor)
    for share in [-0.5, -0.13, 0.004, 0.31]:
        keep("color", np.asarray(functional.adjust_hue(source, share)), change="hue", factor=share)


def affines():
    """Keras's `apply_affine_transform`: rotation, shift, shear, zoom, about the centre, by SciPy."""
    source = pattern(22, 18).astype(np.float64)
    for angle, rows, columns, shear, zoom in [
            (0, 2.5, -3.25, 0, (1, 1)), (30, 0, 0, 0, (1, 1)), (-75, 1, 2, 10, (0.8, 1.3)), (160, -4, 9, -25, (1.6, 0.7))]:
        theta, slant = np.deg2rad(angle), np.deg2rad(shear)
        matrix = np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
        matrix = matrix @ np.array([[1, 0, rows], [0, 1, columns], [0, 0, 1]])
        matrix = matrix @ np.array([[1, -np.sin(slant), 0], [0, np.cos(slant), 0], [0, 0, 1]])
        matrix = matrix @ np.diag([*zoom, 1])
        y, x = 18 / 2 - 0.5, 22 / 2 - 0.5
        matrix = np.array([[1, 0, y], [0, 1, x], [0, 0, 1]]) @ matrix @ np.array([[1, 0, -y], [0, 1, -x], [0, 0, 1]])
        for border, mode in [("nearest", "nearest"), ("reflect", "reflect"), ("constant", "constant")]:
            planes = [
                scipy.ndimage.affine_transform(source[:, :, c], matrix[:2, :2], matrix[:2, 2], order=1, mode=mode, cval=BACKGROUNDS["olive"][c])
                for c in range(3)]
            keep("affine", np.stack(planes, axis=2).astype("<f4"), angle=angle, rows=rows, columns=columns, shear=shear, zoom=zoom, border=border)


def generator(seed, purpose, epoch, index, count):
    """xoshiro256++ behind SplitMix64, written from the papers."""
    mask = 2**64 - 1
    state = seed

    def split_mix():
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        return mixed ^ (mixed >> 31)

    for key in (purpose, epoch, index):
        state = split_mix() ^ key
    s = [split_mix() for _ in range(4)]
    turn = lambda value, by: ((value << by) | (value >> (64 - by))) & mask
    numbers = []
    for _ in range(count):
        numbers.append((turn((s[0] + s[3]) & mask, 23) + s[0]) & mask)
        shifted = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = turn(s[3], 45)
    return numbers


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for make in [jpegs, pngs, webps, resizes, fits, colors, affines]:
        make()
    catalogue["generator"] = [
        {"seed": seed, "purpose": purpose, "epoch": epoch, "index": index,
         "numbers": [str(n) for n in generator(seed, purpose, epoch, index, 5)]}
        for seed, purpose, epoch, index in [(0, 0, 0, 0), (42, 1, 3, 0), (2**64 - 1, 3, 7, 123456)]]
    (FOLDER / "expected.bin").write_bytes(expected)
    (FOLDER / "expected.json").write_text(json.dumps(catalogue, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
