"""Colour profiles as cameras and phones put them into pictures, made here: three primaries and one curve."""

from __future__ import annotations

import struct

Colour = tuple[float, float, float]

# Red, green and blue as XYZ under D50, from the specifications.
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
WHITE = (0.96420, 1.0, 0.82491)


def rgb_profile(primaries: tuple[Colour, Colour, Colour], gamma: float, padding: int = 0) -> bytes:
    """A display profile (ICC 2.1); `padding`: so many bytes of a text that says nothing."""
    tags = {
        b"wtpt": _xyz(WHITE),
        **{name: _xyz(colour) for name, colour in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)},
        **{name: _gamma(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")},
        b"cprt": b"text" + bytes(4) + b"x" * padding + bytes(4),
    }
    return _file(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    return _file(b"GRAY", {b"wtpt": _xyz(WHITE), b"kTRC": _gamma(gamma), b"cprt": b"text" + bytes(8)})


def _file(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    size = at + len(body)
    head = struct.pack(">I4s4s4s4s4s", size, bytes(4), b"\x02\x10\x00\x00", b"mntr", space, b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + b"".join(map(_fixed, WHITE))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(colour: Colour) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, colour))


def _gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))
