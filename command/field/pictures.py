"""What is kept of a photo: pixels, and nothing else that was in the file. Pure.

The picture is decoded and written anew as JPEG, so place, time and camera are gone, and so is whatever else hid in the file: a page, a
script, an archive."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from command.core.problems import N_, Invalid

MOST_BYTES = 8 * 1024 * 1024
LONGEST_SIDE = 4096
"""Pixels; a larger photo is scaled down."""
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000}
"""What may be decoded at most: a few kilobytes can unfold to gigabytes. JPEG is scaled while it is read, PNG is not."""
THUMB_SIDE = 240
_QUALITY, _THUMB_QUALITY = 85, 70
_FTYP, _HEIF = slice(4, 8), slice(8, 12)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept (JPEG), its thumbnail (JPEG), and its size in pixels."""

    full: bytes
    thumb: bytes
    width: int
    height: int


def clean(data: bytes) -> Picture:
    """The picture in a file; raise Invalid (field `photo`) for one that is too large, is no JPEG or PNG, or cannot be read."""
    if len(data) > MOST_BYTES:
        raise too_large()
    if data[_FTYP] == b"ftyp" and data[_HEIF] in _HEIF_BRANDS:
        raise Invalid(
            N_("HEIC photos are not read here."),
            field="photo",
            remedy=N_("Set the camera's format to “most compatible” (JPEG), or send a screenshot of the photo."),
        )
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise Invalid(
            N_("This file is no JPEG or PNG photo."),
            field="photo",
            remedy=N_("Take it with the camera, or send a screenshot."),
        )
    try:
        return _kept(data)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError, Warning) as error:
        raise Invalid(
            N_("This photo cannot be read: the file is damaged."),
            field="photo",
            remedy=N_("Take it again, or send another one."),
        ) from error


def too_large() -> Invalid:
    """The file has more than MOST_BYTES."""
    return Invalid(
        N_("The photo is larger than %(limit)d MB."),
        field="photo",
        remedy=N_("Choose a smaller size in the camera, or send a screenshot of the photo."),
        limit=MOST_BYTES // (1024 * 1024),
    )


def _kept(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
        if opened.width * opened.height > MOST_PIXELS[opened.format or "PNG"]:
            raise Invalid(
                N_("The photo has too many pixels: %(width)d × %(height)d."),
                field="photo",
                remedy=N_("Choose a smaller size in the camera, or send a screenshot of the photo."),
                width=opened.width,
                height=opened.height,
            )
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        plain = _opaque(upright)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = plain.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Picture(_written(plain, _QUALITY), _written(small, _THUMB_QUALITY), plain.width, plain.height)


def _opaque(image: Image.Image) -> Image.Image:
    """The pixels alone, on white where the picture is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    coloured = image.convert("RGBA")
    ground = Image.new("RGB", coloured.size, "white")
    ground.paste(coloured, mask=coloured.getchannel("A"))
    return ground


def _written(image: Image.Image, quality: int) -> bytes:
    """A JPEG of an image. Into a fresh image first: `info` would carry the comment, the profile and the text of the old file along."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
