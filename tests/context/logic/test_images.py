import base64
import struct

import pytest

from context.logic.images import BadImage, Size, image_size, image_tokens
from tests.context.samples import png


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00"


def jpeg(width: int, height: int, marker: int = 0xC0) -> bytes:
    """With a thumbnail-bearing segment and fill bytes before the frame."""
    segment = b"\xff\xe1" + struct.pack(">H", 12) + b"Exif\xff\xc0\x00\x00\x01\x02"
    frame = struct.pack(">BBHBHH", 0xFF, marker, 17, 8, height, width)
    return b"\xff\xd8" + segment + b"\xff\xff" + frame + b"\x03" + bytes(9)


def webp(chunk: bytes, rest: bytes) -> bytes:
    return b"RIFF\x00\x00\x00\x00WEBP" + chunk + struct.pack("<I", len(rest)) + rest


LOSSY = webp(b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 640 | 0x4000, 480))
LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 639 | 479 << 14))
EXTENDED = webp(b"VP8X", bytes(4) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"))
PNG = base64.b64decode(png(640, 480))


@pytest.mark.parametrize(
    "data",
    [
        gif(640, 480),
        gif(640, 480).replace(b"89a", b"87a"),
        jpeg(640, 480),
        jpeg(640, 480, marker=0xC2),
        LOSSY,
        LOSSLESS,
        EXTENDED,
        PNG,
    ],
)
def test_size(data: bytes) -> None:
    assert image_size(data) == Size(640, 480)


@pytest.mark.parametrize("data", [gif(640, 480), jpeg(640, 480), LOSSY, LOSSLESS, EXTENDED, PNG])
def test_a_cut_header_is_refused(data: bytes) -> None:
    for end in range(len(data)):
        try:
            assert image_size(data[:end]) == Size(640, 480)
        except BadImage:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\x00\x00",
        b"<svg/>",
        gif(0, 480),
        b"RIFF....WEBPnone",
        base64.b64decode(png(2**32 - 1, 2**32 - 1)),
        base64.b64decode(png(65_536, 1)),
    ],
)
def test_other_data_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage, match="failed to decode image config"):
        image_size(data)


@pytest.mark.parametrize(
    ("width", "height", "detail", "tokens"),
    [
        (100, 100, "low", 258),  # one large tile
        (1024, 1024, "high", 1399),  # the area
        (1024, 1024, "auto", 1399),
        (4096, 1000, "high", 5462),
        (10, 10, "high", 765),  # enlarged to 768 × 768: four small tiles
        (10, 10, "low", 258),
        (100, 1000, "high", 5185),  # enlarged to 768 × 7680: thirty small tiles
        (1000, 100, "high", 5185),
        (768, 768, "high", 787),
    ],
)
def test_tokens(width: int, height: int, detail: str, tokens: int) -> None:
    assert image_tokens(png(width, height), detail) == tokens


def test_a_very_thin_image_has_a_count() -> None:
    assert image_tokens(png(30_000, 1), "high") > 0


def test_base64_may_have_line_breaks() -> None:
    body = png(64, 64)
    assert image_tokens(body[:20] + "\r\n" + body[20:] + "\n", "low") == 258


@pytest.mark.parametrize("body", ["no base64!", "abc", "bild⋯"])
def test_what_is_no_base64_is_refused(body: str) -> None:
    with pytest.raises(BadImage, match="failed to decode base64 image data"):
        image_tokens(body, "high")
