"""How large an image is, and how many tokens models take for it.

Only the header is read: GIF, JPEG, PNG and WebP, the formats that the CLI loads.
"""

import base64
import binascii
from dataclasses import dataclass
from math import ceil

_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG markers without a length: fill, restart, start and end of image.
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xDA)})
# "Start of frame" in all its variants; C4, C8 and CC are tables.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SIDE = 65_535
"""JPEG allows no more, and no provider takes nearly as much. A header may say anything."""
_LARGEST_SIDE = 2048
_SHORT_SIDE = 768
_TILE = 512


class BadImage(Exception):
    """The text is no base64, or the bytes are no image of a known format."""


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int


def image_tokens(body: str, detail: str) -> int:
    """The tokens of a base64 image: the most that any of the big providers would count."""
    size = image_size(decode_image(body))
    return max(_by_area(size), _by_large_tiles(size), _by_small_tiles(size, detail))


def decode_image(body: str) -> bytes:
    """The image's bytes; line breaks in the base64 are legal."""
    text = body.replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise BadImage("failed to decode base64 image data: it is not base64") from None


def image_size(data: bytes) -> Size:
    """Width and height from the header."""
    try:
        size = _size(data)
    except IndexError:
        size = None
    if size is None or size.width <= 0 or size.height <= 0:
        raise BadImage("failed to decode image config: not a GIF, JPEG, PNG or WebP image")
    if max(size.width, size.height) > _MOST_SIDE:
        raise BadImage(f"failed to decode image config: a side is longer than {_MOST_SIDE} pixels")
    return size


def _size(data: bytes) -> Size | None:
    if data.startswith(_PNG) and data[12:16] == b"IHDR":
        return Size(_big(data, 16, 4), _big(data, 20, 4))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return Size(_little(data, 6, 2), _little(data, 8, 2))
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> Size | None:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return None
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _FRAME_MARKERS:
            return Size(width=_big(data, at + 5, 2), height=_big(data, at + 3, 2))
        if marker not in _BARE_MARKERS:
            at += _big(data, at, 2)
    return None


def _webp_size(data: bytes) -> Size | None:
    chunk = data[12:16]
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return Size(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
    if chunk == b"VP8L" and data[20] == 0x2F:
        bits = _little(data, 21, 4)
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8X":
        return Size(_little(data, 24, 3) + 1, _little(data, 27, 3) + 1)
    return None


def _big(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(_part(data, at, length), "big")


def _little(data: bytes, at: int, length: int) -> int:
    return int.from_bytes(_part(data, at, length), "little")


def _part(data: bytes, at: int, length: int) -> bytes:
    part = data[at : at + length]
    if len(part) < length:
        raise IndexError
    return part


def _by_area(size: Size) -> int:
    return ceil(size.width * size.height / 750)


def _by_large_tiles(size: Size) -> int:
    return ceil(size.width / 768) * ceil(size.height / 768) * 258


def _by_small_tiles(size: Size, detail: str) -> int:
    if detail == "low":
        return 85
    width, height = size.width, size.height
    if max(width, height) > _LARGEST_SIDE:
        scale = min(_LARGEST_SIDE / width, _LARGEST_SIDE / height)
        width, height = int(width * scale), int(height * scale)
    # The shorter side becomes 768, also upwards; a side that was scaled to nothing counts as one.
    if width < height:
        width, height = _SHORT_SIDE, int(height * (_SHORT_SIDE / max(width, 1)))
    else:
        width, height = int(width * (_SHORT_SIDE / max(height, 1))), _SHORT_SIDE
    return 85 + 170 * ceil(width / _TILE) * ceil(height / _TILE)
