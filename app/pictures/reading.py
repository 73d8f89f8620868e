"""From a product's name and category to the object to draw and what to paint it with."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from random import Random

from app import numbers
from app.pictures.colours import COLOUR_WORDS, MATERIAL_WORDS, PALETTES, Palette, distance, mix, shade, tint
from app.pictures.kinds import ANYTHING, FALLBACKS, KINDS, VOCABULARY
from app.pictures.paint import Paint

_LONGEST_PHRASE = 5

PATTERN_WORDS = {
    "polkadot": "dots", "spotty": "dots", "spot": "dots", "retrospot": "dots", "dotty": "dots", "spotted": "dots",
    "speckled": "fine", "speckle": "fine", "stripe": "stripes", "striped": "stripes", "stripey": "stripes",
    "ticking": "ticking", "gingham": "check", "check": "check", "checked": "check", "tartan": "check", "plaid": "check",
    "herringbone": "herringbone", "chevron": "herringbone", "ikat": "herringbone", "zigzag": "herringbone",
    "leaf": "leaves", "botanical": "leaves", "fern": "leaves", "woodland": "leaves", "forest": "leaves", "palm": "leaves",
    "garden": "leaves", "apple": "hearts", "pear": "leaves", "floral": "blossom", "flower": "blossom", "rose": "blossom",
    "daisy": "blossom", "blossom": "blossom", "suki": "blossom", "dolly": "blossom", "wildflower": "blossom",
    "regency": "blossom", "strawberry": "hearts", "block": "paisley", "paisley": "paisley", "kalamkari": "paisley",
    "ajrakh": "damask", "baroque": "damask", "damask": "damask", "vintage": "damask", "doily": "damask", "morris": "leaves",
    "mughal": "damask", "heart": "hearts", "sweetheart": "hearts", "love": "hearts", "star": "stars", "spaceboy": "stars",
    "christmas": "stars", "circus": "bands", "blue pottery": "damask", "kantha": "ticking", "handloom": "stripes",
    "skull": "fine", "union": "stripes", "jack": "stripes", "scandinavian": "stars", "fairy": "stars", "pantry": "stripes",
    "butterfly": "leaves", "retro": "bands", "bandhani": "fine", "kilim": "herringbone", "dhurrie": "herringbone",
}  # fmt: skip
SOFT_GOODS = frozenset(
    {
        "folded",
        "cushion",
        "towel",
        "rug",
        "tote",
        "lunchbag",
        "apron",
        "giftwrap",
        "notebook",
        "doll",
        "scarf",
        "teacosy",
    }
)
FEW = 3
CROWDS = {"diya": "diyas"}  # kinds that are drawn otherwise when there are more than a few
SETS = frozenset({"planter", "lantern"})  # stand alone unless their name says that they come in twos or threes
CLOTH_PATTERNS = ("stripes", "check", "herringbone", "leaves", "dots", "damask", "paisley", "ticking", "blossom")
# A colour a material has by itself, where its word is no colour word.
KIND_COLOURS = {
    "wateringcan": ("metal", "#a7b0b6"),
    "basket": ("weave", "#cda771"),
    "spoon": ("wood", "#c79c6c"),
    "board": ("wood", "#c79c6c"),
    "pan": ("metal", "#4b4d54"),
    "bell": ("metal", "#cba04e"),
    "windchime": ("metal", "#cba04e"),
    "diya": ("", "#c4704b"),
    "diyas": ("", "#c4704b"),
    "rollingpin": ("", "#e9e4da"),
    "steamer": ("metal", "#b8bfc5"),
    "tiffin": ("metal", "#b8bfc5"),
    "ladle": ("metal", "#b8bfc5"),
    "wreath": ("", "#c6463a"),
    "tree": ("", "#4f7a5b"),
    "toadstool": ("", "#c6463a"),
    "chalkboard": ("wood", "#c79c6c"),
    "candlestick": ("metal", "#cba04e"),
    "spicebox": ("metal", "#b8bfc5"),
}


@dataclass(frozen=True)
class Picture:
    """What to draw. `many`: how many of it stand there."""

    kind: str
    paint: Paint
    palette: Palette
    many: int


def words_of(name: str) -> tuple[str, ...]:
    """Lower-case words without plural endings, in order."""
    return tuple(_singular(word) for word in re.findall(r"[a-z]+|\d+", name.lower().replace("'s", "")))


@functools.lru_cache(maxsize=4096)
def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def _phrases() -> dict[tuple[str, ...], tuple[str, bool]]:
    found: dict[tuple[str, ...], tuple[str, bool]] = {}
    for kind, listed in VOCABULARY.items():
        for phrase in listed.split(", "):
            found[words_of(phrase)] = (kind, phrase.startswith("~"))
    return found


_PHRASES = _phrases()


def kind_of(name: str, category: str, rng: Random) -> str:
    """The name of the object that a product's name names; by category when it names none.

    What stands before a comma names the thing, what follows its size or number ("Pencils, Box of 10").
    """
    words = words_of(name)
    named = _named(words[: words.index("with")]) if "with" in words[1:] else ""
    named = named or _named(words_of(name.partition(",")[0])) or _named(words) or _compound(words)
    return named or rng.choice(FALLBACKS.get(category.strip().lower(), ANYTHING))


def _named(words: tuple[str, ...]) -> str:
    best: tuple[int, int, int] = (-1, 0, 0)
    chosen = ""
    for start in range(len(words)):
        for length in range(1, min(_LONGEST_PHRASE, len(words) - start) + 1):
            match = _PHRASES.get(words[start : start + length])
            if match is None:
                continue
            kind, weak = match
            rank = (0 if weak else 1, length, start + length)
            if rank > best:
                best, chosen = rank, kind
    return chosen


def _compound(words: tuple[str, ...]) -> str:
    """For words written together: a "fruitbowl" is a bowl."""
    for word in reversed(words):
        for cut in range(3, len(word) - 2):
            kind, weak = _PHRASES.get((word[cut:],), ("", True))
            if kind and not weak:
                return kind
    return ""


def read(product_id: str, name: str, category: str) -> Picture:
    """The picture of a product; the same arguments always give the same one."""
    rng = Random(f"{product_id}|{category}")
    words = words_of(name)
    kind = kind_of(name, category, rng)
    if _count(words) > FEW:
        kind = CROWDS.get(kind, kind)
    palette = rng.choice(PALETTES)
    finish, main = _colour(words, kind, palette)
    if main != palette.main:
        palette = _against(palette, main, rng)
    paint = Paint(
        main=main,
        second=_apart(palette.second, main),
        accent=_apart(_second_colour(words, main) or palette.accent, main),
        pattern=_pattern(words, kind, finish, rng),
        finish=finish,
        words=frozenset(words),
    )
    if distance(palette.wall, paint.main) < 0.16:
        deeper = (
            shade
            if distance(shade(palette.wall, 0.3), paint.main) > distance(tint(palette.wall, 0.6), paint.main)
            else tint
        )
        palette = replace(palette, wall=deeper(palette.wall, 0.34), ground=deeper(palette.ground, 0.34))
    return Picture(kind, paint, palette, _many(words, kind, rng))


def _colour(words: tuple[str, ...], kind: str, palette: Palette) -> tuple[str, str]:
    """Finish and main colour: a material's, a colour word's, the kind's own, else the palette's."""
    material = next((MATERIAL_WORDS[w] for w in reversed(words) if w in MATERIAL_WORDS), None)
    colour = next((COLOUR_WORDS[w] for w in words if w in COLOUR_WORDS), None)
    if kind in ("packet", "soap", "candle", "incense", "filtercoffee"):
        material = material if kind == "filtercoffee" else None
    if material and material[0] == "glass" and kind in ("bead", "necklace", "bracelet", "earrings"):
        material = None
    if material and colour:
        finish = material[0]
        return (
            ("", colour)
            if finish in ("cloth", "stone", "clay", "leather") or (finish == "metal" and kind != "wateringcan")
            else (finish, mix(material[1], colour, 0.8))
        )
    if material:
        return ("" if material[0] in ("cloth", "stone", "clay") else material[0]), material[1]
    if "iron" in words or "tawa" in words:
        return "metal", "#4b4d54"
    if colour:
        own = KIND_COLOURS.get(kind)
        return (own[0] if own and own[0] == "weave" else "", colour)
    return KIND_COLOURS.get(kind, ("", palette.main))


def _second_colour(words: tuple[str, ...], main: str) -> str | None:
    found = [COLOUR_WORDS[w] for w in words if w in COLOUR_WORDS]
    return next((colour for colour in found if colour != main), None)


def _against(palette: Palette, main: str, rng: Random) -> Palette:
    """A palette in whose room an object of this colour stands out."""
    if distance(palette.wall, main) > 0.24:
        return palette
    far = [p for p in PALETTES if distance(p.wall, main) > 0.26 and distance(p.accent, main) > 0.1]
    return rng.choice(far) if far else palette


def _apart(colour: str, main: str) -> str:
    """A colour that does not vanish against the main one."""
    if distance(colour, main) > 0.12:
        return colour
    return shade(colour, 0.35) if distance(shade(colour, 0.35), main) > 0.12 else tint(colour, 0.5)


def _pattern(words: tuple[str, ...], kind: str, finish: str, rng: Random) -> str:
    if not KINDS[kind].patterned:
        return ""
    named = next((PATTERN_WORDS[w] for w in words if w in PATTERN_WORDS), "")
    if named:
        return named
    if finish in ("metal", "glass", "wood", "weave", "leather"):
        return ""
    if kind in SOFT_GOODS and rng.random() < 0.72:
        return rng.choice(CLOTH_PATTERNS)
    return rng.choice(("dots", "leaves", "fine", "ticking")) if rng.random() < 0.22 else ""


def _count(words: tuple[str, ...]) -> int:
    """How many a "set of 12" holds; 1 when nothing says so."""
    for start in range(len(words) - 2):
        if words[start] in ("set", "box", "pack") and words[start + 1] == "of":
            return numbers.natural(words[start + 2][:4]) or 1
    return 1


def _many(words: tuple[str, ...], kind: str, rng: Random) -> int:
    is_set = "pair" in words or "set" in words or "pack" in words
    if not KINDS[kind].group and not (is_set and kind in SETS):
        return 1
    if is_set:
        return 2 if "pair" in words or "2" in words else 3
    return rng.choices((1, 2, 3), (6, 3, 1))[0]
