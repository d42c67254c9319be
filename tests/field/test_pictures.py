"""What is kept of a photo: its pixels, and nothing that was hidden in the file."""

import io
import struct
import zlib

import pytest
from PIL import Image

from command.core.problems import Invalid
from command.field import pictures
from command.field.pictures import LONGEST_SIDE, MOST_BYTES, THUMB_SIDE, clean
from tests.field.conftest import jpeg, png

GPS_INFO, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "a camera of Li Hong", orientation
    exif[GPS_INFO] = {1: "N", 2: (24.0, 18.0, 0.0)}
    return jpeg(200, 100, exif=exif, comment=b"shot at home")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(4096), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def reread(data: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


def test_place_camera_comment_and_profile_are_gone() -> None:
    kept = clean(with_exif())
    for data in (kept.full, kept.thumb):
        assert not reread(data).getexif()
        assert set(reread(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for secret in (b"Li Hong", b"shot at home", b"Exif", b"ICC_PROFILE"):
            assert secret not in data


def test_a_photo_taken_upright_stays_upright() -> None:
    assert (clean(with_exif(6)).width, clean(with_exif(6)).height) == (100, 200)


def test_text_in_a_png_is_gone_and_what_is_transparent_is_white() -> None:
    kept = clean(png(40, 30, "RGBA"))
    assert reread(kept.full).format == "JPEG"
    assert reread(kept.full).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "I;16", "RGB"])
def test_every_kind_of_png_is_read(mode: str) -> None:
    assert reread(clean(png(mode=mode)).full).mode == "RGB"


def test_a_cmyk_photo_is_read() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (10, 10)).save(out, "JPEG")
    assert reread(clean(out.getvalue()).full).mode == "RGB"


def test_a_large_photo_is_scaled_down_and_its_thumbnail_is_small() -> None:
    kept = clean(jpeg(LONGEST_SIDE + 904, 1000))
    assert (kept.width, kept.height) == reread(kept.full).size == (LONGEST_SIDE, round(1000 * LONGEST_SIDE / 5000))
    assert max(reread(kept.thumb).size) == THUMB_SIDE
    assert len(kept.thumb) < 20_000


def test_what_hides_behind_or_inside_the_picture_is_not_kept() -> None:
    page = b"<script>alert(document.cookie)</script>"
    for data in (jpeg() + page, jpeg(comment=page), jpeg() + b"PK\x03\x04" + page):
        kept = clean(data)
        assert b"script" not in kept.full and b"PK\x03\x04" not in kept.full


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (6000, 6000), (1, 2**31 - 1), (30_000, 900)])
def test_a_file_that_unfolds_to_gigabytes_is_refused_before_it_is_read(width: int, height: int) -> None:
    with pytest.raises(Invalid) as refused:
        clean(bomb(width, height))
    assert refused.value.field == "photo"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0" + bytes(100), "HEIC"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "no JPEG or PNG"),
        (b"GIF89a" + bytes(50), "no JPEG or PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "no JPEG or PNG"),
        (b"%PDF-1.7", "no JPEG or PNG"),
        (b"<html><script>alert(1)</script>", "no JPEG or PNG"),
        (b"x", "no JPEG or PNG"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "damaged"),
        (jpeg()[:900], "damaged"),
        (png()[:40], "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (jpeg() + bytes(MOST_BYTES), "larger than 8 MB"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_reason(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        clean(data)
    assert refused.value.field == "photo" and refused.value.remedy


def test_the_same_photo_is_written_the_same() -> None:
    assert pictures.clean(with_exif()) == pictures.clean(with_exif())
