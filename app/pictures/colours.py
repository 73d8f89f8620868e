"""Colours of the drawn products: curated palettes, words that name a colour, and mixing.

Light is warm and shade is cool, so tints lean towards cream and shades towards ink blue.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

LIGHT = "#fff6e6"
DARK = "#1c2236"


@dataclass(frozen=True)
class Palette:
    """The colours of one picture. `wall` and `ground` make the room; the others are for the objects in it."""

    wall: str
    ground: str
    main: str
    second: str
    accent: str


PALETTES = (
    Palette("#ebe1d2", "#d9c8af", "#c4704b", "#f6eddd", "#4f7672"),
    Palette("#d3ded5", "#b9c8b9", "#e3ad4a", "#f7f0e1", "#b5573b"),
    Palette("#f1dbcf", "#e1bfae", "#3c6c70", "#f9efe2", "#c9773f"),
    Palette("#cedbe4", "#b1c4d2", "#d8694c", "#f8f1e5", "#33485e"),
    Palette("#ecdcae", "#d8c187", "#49698a", "#fbf4e1", "#b9583d"),
    Palette("#30494d", "#263c40", "#e2a76f", "#f3e9d6", "#c8573c"),
    Palette("#bd6c4e", "#a2573b", "#f1dec3", "#2f4858", "#e9b85c"),
    Palette("#ddd5e2", "#c5b9ce", "#6b5985", "#f6eee2", "#d98b5f"),
    Palette("#3b455d", "#2f384d", "#e9c28b", "#f1e7d6", "#d0694f"),
    Palette("#ccd6b9", "#b2bf9a", "#774959", "#f8f2e4", "#df9e48"),
    Palette("#e6e1d9", "#d0c8bc", "#3d5a80", "#f7efe3", "#e07a5f"),
    Palette("#f4e6d7", "#e4ccb2", "#7a8d6d", "#fdf6ea", "#c96f4a"),
    Palette("#adc5c1", "#8fadA9", "#f4e6cf", "#c9643f", "#2f4a4d"),
    Palette("#dcbcad", "#c69f8d", "#5c3d46", "#f6e7d6", "#7e9a86"),
    Palette("#dfe3dc", "#c6ccc1", "#c0563f", "#faf4e8", "#3f6a64"),
    Palette("#9fb8c4", "#86a2af", "#f3dfba", "#2f4f63", "#d27a55"),
)

COLOUR_WORDS = {
    "red": "#c6463a", "ruby": "#a8323c", "scarlet": "#c6463a", "crimson": "#a8323c", "cherry": "#b93a45",
    "pink": "#e29c9f", "rose": "#d98a8c", "blush": "#e6b3a6", "coral": "#e5826b", "peach": "#f0b695",
    "salmon": "#e5917b", "burgundy": "#7b3240", "plum": "#6f4563", "berry": "#8d3f5b", "raspberry": "#b5476a",
    "blue": "#4b7aa8", "navy": "#2f4362", "indigo": "#3f4a7d", "sky": "#9cc0d8", "denim": "#4e6a8c",
    "teal": "#2f7f7a", "turquoise": "#57aaa5", "aqua": "#7fbfbf", "petrol": "#2d5a66", "ocean": "#3c7390",
    "green": "#6a8f5e", "sage": "#a0af87", "olive": "#86874c", "forest": "#3f5f4a", "moss": "#74804a",
    "mint": "#a9cfb9", "emerald": "#2f7d5c", "pistachio": "#b4c48c", "lime": "#a9bd4f", "celadon": "#a9c3a6", "marigold": "#e5a02c", "fuchsia": "#b94f86",
    "yellow": "#e6b93f", "mustard": "#cf9a35", "ochre": "#c98b3a", "saffron": "#e39f2f", "lemon": "#eccf55",
    "turmeric": "#dc9a28", "orange": "#e08a43", "terracotta": "#c4704b", "rust": "#a9552f", "amber": "#d68f32",
    "purple": "#7f669f", "lavender": "#b0a1cb", "lilac": "#bfa9cf", "violet": "#7661a0", "amethyst": "#8f74b0",
    "ivory": "#f3e9d6", "cream": "#f2e4c8", "white": "#f5f1ea", "snow": "#f5f1ea", "pearl": "#efe6da",
    "black": "#3a393f", "charcoal": "#4a4b52", "ebony": "#3a3230", "ink": "#333d55", "midnight": "#2d3650",
    "grey": "#8f939b", "gray": "#8f939b", "ash": "#a8a7a3", "smoke": "#85878d", "graphite": "#54565d",
    "brown": "#86603f", "chocolate": "#5f4232", "coffee": "#6b4c3a", "caramel": "#b97f49", "tan": "#c79a6b",
    "cinnamon": "#a5653f", "honey": "#dba548", "sand": "#dcc39a", "beige": "#dccdb0", "oatmeal": "#dccdb4",
    "stone": "#bdb4a6", "natural": "#d9bd92", "flax": "#d8c6a0", "fawn": "#c9a57c", "buff": "#d8b98b",
}  # fmt: skip

MATERIAL_WORDS = {
    "brass": ("metal", "#cba04e"), "gold": ("metal", "#d4a94e"), "golden": ("metal", "#d4a94e"),
    "kansa": ("metal", "#b98d4f"), "copper": ("metal", "#c47c54"), "bronze": ("metal", "#9a6f43"), "silver": ("metal", "#c3c9ce"),
    "steel": ("metal", "#b8bfc5"), "stainless": ("metal", "#b8bfc5"), "zinc": ("metal", "#a7b0b6"),
    "iron": ("metal", "#55575e"), "pewter": ("metal", "#979da3"), "chrome": ("metal", "#c3c9ce"),
    "wood": ("wood", "#c79c6c"), "wooden": ("wood", "#c79c6c"), "oak": ("wood", "#cfa873"),
    "walnut": ("wood", "#80593e"), "acacia": ("wood", "#a26a42"), "teak": ("wood", "#b07a48"),
    "sheesham": ("wood", "#8b5a3c"), "mango": ("wood", "#b9854f"), "bamboo": ("wood", "#d9b779"),
    "rosewood": ("wood", "#7a4433"), "neem": ("wood", "#b98a5a"), "cork": ("wood", "#c79a6b"), "beech": ("wood", "#dcb98a"), "olivewood": ("wood", "#b98a55"),
    "glass": ("glass", "#a9cbc8"), "clear": ("glass", "#b9d2d2"), "crystal": ("glass", "#bcd0da"),
    "acrylic": ("glass", "#bcd0da"),
    "wicker": ("weave", "#cda771"), "rattan": ("weave", "#cfa76c"), "jute": ("weave", "#c7a372"),
    "seagrass": ("weave", "#c2ae78"), "cane": ("weave", "#d0ac74"), "coir": ("weave", "#b98d5c"), "straw": ("weave", "#dcbf80"),
    "slate": ("stone", "#5d656c"), "marble": ("stone", "#ebe6df"), "concrete": ("stone", "#b5b2ad"),
    "linen": ("cloth", "#dccfb6"), "hessian": ("cloth", "#cbb083"), "canvas": ("cloth", "#e0d3b8"),
    "leather": ("leather", "#9a6440"), "suede": ("leather", "#a57a55"), "terracotta": ("clay", "#c4704b"), "clay": ("clay", "#b9714f"),
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@functools.lru_cache(maxsize=4096)
def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def tint(colour: str, share: float) -> str:
    return mix(colour, LIGHT, share)


def shade(colour: str, share: float) -> str:
    return mix(colour, DARK, share)


def lightness(colour: str) -> float:
    """Perceived lightness from 0 (black) to 1 (white)."""
    red, green, blue = rgb(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def distance(one: str, other: str) -> float:
    """How far apart two colours look, 0 to about 1; lightness counts most."""
    (r1, g1, b1), (r2, g2, b2) = rgb(one), rgb(other)
    apart: float = (2 * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + 3 * (b1 - b2) ** 2) ** 0.5 / 765
    return max(apart, abs(lightness(one) - lightness(other)))
