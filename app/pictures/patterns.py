"""Repeating patterns for cloth, paper and glaze, as SVG pattern tiles."""

from __future__ import annotations

HEART = "M0 6C-9-1-6-8 0-4C6-8 9-1 0 6z"

# Per pattern: tile width, tile height, rotation, shapes drawn in COLOUR.
_TILES: dict[str, tuple[float, float, float, str]] = {
    "dots": (26, 26, 0, '<g fill="COLOUR"><circle cx="6.5" cy="6.5" r="4.5"/><circle cx="19.5" cy="19.5" r="4.5"/></g>'),
    "fine": (14, 14, 0, '<g fill="COLOUR"><circle cx="3.5" cy="3.5" r="1.8"/><circle cx="10.5" cy="10.5" r="1.8"/></g>'),
    "stripes": (22, 22, 0, '<path d="M0 5H22" stroke="COLOUR" stroke-width="5"/>'),
    "ticking": (20, 20, 90, '<path d="M0 5H20M0 12H20" stroke="COLOUR" stroke-width="1.8"/>'),
    "bands": (30, 30, 90, '<path d="M0 8H30" stroke="COLOUR" stroke-width="12"/>'),
    "check": (28, 28, 0, '<g fill="COLOUR"><path d="M0 0H14V28H0z" opacity=".5"/><path d="M0 0H28V14H0z" opacity=".5"/></g>'),
    "herringbone": (
        24, 16, 0,
        '<path d="M0 12L12 4L24 12M0 4L12-4L24 4M0 20L12 12L24 20" fill="none" stroke="COLOUR" stroke-width="2"/>',
    ),
    "leaves": (
        44, 44, 0,
        '<g fill="COLOUR"><path d="M8 22C8 12 14 8 20 6C20 16 16 20 8 22z"/><path d="M8 22C2 20 0 14 2 8C8 12 10 16 8 22z"/>'
        '<path d="M30 42C30 32 36 28 42 26C42 36 38 40 30 42z"/><path d="M30 42C24 40 22 34 24 28C30 32 32 36 30 42z"/></g>',
    ),
    "blossom": (
        40, 40, 0,
        '<g fill="COLOUR"><circle cx="10" cy="6" r="4"/><circle cx="14" cy="10" r="4"/><circle cx="10" cy="14" r="4"/>'
        '<circle cx="6" cy="10" r="4"/><circle cx="30" cy="26" r="4"/><circle cx="34" cy="30" r="4"/><circle cx="30" cy="34" r="4"/>'
        '<circle cx="26" cy="30" r="4"/></g>',
    ),
    "paisley": (
        40, 40, 20,
        '<g fill="none" stroke="COLOUR" stroke-width="2.5"><path d="M10 18C2 16 4 4 12 4C20 6 18 16 10 18z"/>'
        '<path d="M30 38C22 36 24 24 32 24C40 26 38 36 30 38z"/></g>',
    ),
    "hearts": (
        36, 36, 0,
        f'<g fill="COLOUR"><path d="{HEART}" transform="translate(9 10)"/><path d="{HEART}" transform="translate(27 28)"/></g>',
    ),
    "stars": (
        34, 34, 0,
        '<g fill="COLOUR"><path d="M9 2L11 7L16 9L11 11L9 16L7 11L2 9L7 7z"/><path d="M26 19L28 24L33 26L28 28L26 33L24 28L19 26L24 24z"/></g>',
    ),
    "weave": (
        20, 16, 0,
        '<path d="M1 4H9M11 12H19" stroke="COLOUR" stroke-width="4.5" stroke-linecap="round"/>'
        '<path d="M10 0V8M0 8V16M20 8V16" stroke="COLOUR" stroke-width="1.5"/>',
    ),
    "grain": (
        90, 34, 0,
        '<g fill="none" stroke="COLOUR" stroke-width="1.5"><path d="M0 6C30 2 60 10 90 6M0 18C24 24 58 12 90 18M0 29C36 26 60 32 90 29"/></g>',
    ),
    "damask": (
        44, 44, 0,
        '<g fill="COLOUR"><path d="M11 2C16 8 20 10 11 20C2 10 6 8 11 2z"/><path d="M33 24C38 30 42 32 33 42C24 32 28 30 33 24z"/>'
        '<circle cx="33" cy="8" r="2.5"/><circle cx="11" cy="32" r="2.5"/></g>',
    ),
}  # fmt: skip


def pattern_tile(pattern: str, colour: str, size: float) -> str:
    """A `<pattern>` with the id NAME, `size` times as large as drawn."""
    width, height, turn, shapes = _TILES[pattern]
    change = " ".join(
        part for part in (f"scale({size:.2f})" if size != 1 else "", f"rotate({turn:.0f})" if turn else "") if part
    )
    attribute = f' patternTransform="{change}"' if change else ""
    drawn = shapes.replace("COLOUR", colour)
    return f'<pattern id="NAME" width="{width:g}" height="{height:g}" patternUnits="userSpaceOnUse"{attribute}>{drawn}</pattern>'


PATTERNS = frozenset(_TILES)
