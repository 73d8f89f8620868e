"""What an object is painted with, and the little helpers all objects share."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

from app.pictures.canvas import Canvas, Profile, n
from app.pictures.colours import distance, mix, shade, tint

WOOD = "#c79c6c"
BRASS = "#cba04e"
LEAF = "#6d8f62"


@dataclass(frozen=True)
class Paint:
    """Colours, pattern and finish of one object. `words` are the name's, for details such as "tall"."""

    main: str
    second: str
    accent: str
    pattern: str = ""
    finish: str = ""
    words: frozenset[str] = frozenset()

    @property
    def ink(self) -> str:
        """For patterns on the main colour: whichever of the other colours shows best without shouting."""
        best = max((self.second, self.accent, tint(self.main, 0.6), shade(self.main, 0.4)), key=self._contrast)
        return mix(best, self.main, 0.12)

    def _contrast(self, colour: str) -> float:
        return min(distance(self.main, colour), 0.42)

    def has(self, *words: str) -> bool:
        return not self.words.isdisjoint(words)

    @property
    def solid_finish(self) -> str:
        return "metal" if self.finish == "metal" else ""

    @property
    def wood(self) -> str:
        return self.main if self.finish == "wood" else WOOD

    @property
    def metal(self) -> str:
        return self.main if self.finish == "metal" else BRASS


def decorate(c: Canvas, p: Paint, profile: Profile, outline: str, *, low: float, high: float) -> None:
    """Glaze, bands or a pattern on a lathed body between two heights."""
    if p.finish in ("metal", "glass"):
        return
    if p.finish == "wood":
        c.path(outline, c.tile("grain", shade(p.main, 0.4)), opacity=0.35)
        return
    if p.finish == "weave":
        c.path(outline, c.tile("weave", shade(p.main, 0.45)), opacity=0.5)
        return
    if p.pattern in ("", "bands"):
        style = c.rng.randrange(4)
        if style == 0:  # dipped glaze
            c.band(profile, low, low + (high - low) * 0.42, mix(p.main, p.second, 0.75), 0.85)
        elif style == 1:
            c.band(profile, high - (high - low) * 0.16, high - (high - low) * 0.08, p.ink, 0.85)
            c.band(profile, high - (high - low) * 0.27, high - (high - low) * 0.23, p.ink, 0.85)
        elif style == 2:
            c.band(profile, low + (high - low) * 0.35, low + (high - low) * 0.6, p.ink, 0.7)
        return
    c.path(outline, c.tile(p.pattern, p.ink), opacity=0.8)
    c.path(outline, c.gradient(((0.45, "#1c223600"), (1, "#1c223655"))))


def leaf_path(x: float, y: float, length: float, turn: float) -> str:
    """The outline of one leaf from its stem at (x, y); at turn 0 it points straight up."""
    sine, cosine = sin(radians(turn)) * length, cos(radians(turn)) * length

    def at(across: float, along: float) -> str:
        return f"{n(x + across * cosine + along * sine)} {n(y + across * sine - along * cosine)}"

    tip = at(0, 1)
    return f"M{n(x)} {n(y)}C{at(-0.34, 0.3)} {at(-0.3, 0.72)} {tip}C{at(0.3, 0.72)} {at(0.34, 0.3)} {n(x)} {n(y)}z"


def leaf(c: Canvas, x: float, y: float, length: float, turn: float, colour: str) -> None:
    """One leaf with its vein."""
    c.path(leaf_path(x, y, length, turn), c.flat(colour) if length > 60 else colour)
    sine, cosine = sin(radians(turn)) * length, cos(radians(turn)) * length
    c.line(
        f"M{n(x + 0.08 * sine)} {n(y - 0.08 * cosine)}L{n(x + 0.84 * sine)} {n(y - 0.84 * cosine)}",
        tint(colour, 0.35),
        max(1, length * 0.026),
        0.7,
    )


def sprig(
    c: Canvas, x: float, y: float, height: float, colour: str, *, turn: float = 0, pairs: int = 4, size: float = 34
) -> None:
    """A stem with leaves in pairs."""
    lit, dim = [leaf_path(0, -height, size * 0.8, 0)], []
    for i in range(pairs):
        at = -height * (0.3 + 0.62 * i / max(pairs - 1, 1))
        lit.append(leaf_path(0, at, size * (1 - 0.1 * i), -52))
        dim.append(leaf_path(0, at, size * (1 - 0.1 * i), 52))
    with c.group(x, y, 1, turn):
        c.line(f"M0 0Q{n(height * 0.06)} {n(-height * 0.5)} 0 {n(-height)}", shade(colour, 0.25), 3.5)
        c.path("".join(dim), shade(colour, 0.16))
        c.path("".join(lit), c.flat(colour))


def flame(c: Canvas, x: float, y: float, size: float = 1) -> None:
    with c.group(x, y, size):
        c.glow(0, -14, 30, 30, 0.2)
        c.path("M0 0C-11-4-9-18 0-34C9-18 11-4 0 0z", "#f3a63b")
        c.path("M0-1C-5-4-4-12 0-20C4-12 5-4 0-1z", "#fff0c0")


def handle(c: Canvas, d: str, colour: str, width: float = 11) -> None:
    """A round grip along a line, lit from above."""
    c.line(d, shade(colour, 0.22), width)
    c.line(d, colour, width * 0.6)


def rounded(w: float, h: float, r: float, x: float = 0, y: float = 0) -> str:
    """Outline of a rounded rectangle standing on (x, y), centred on x."""
    return (
        f"M{n(x - w / 2 + r)} {n(y)}h{n(w - 2 * r)}q{n(r)} 0 {n(r)} {n(-r)}v{n(-h + 2 * r)}q0 {n(-r)} {n(-r)} {n(-r)}"
        f"h{n(-w + 2 * r)}q{n(-r)} 0 {n(-r)} {n(r)}v{n(h - 2 * r)}q0 {n(r)} {n(r)} {n(r)}z"
    )


HEART_PATH = "M0 0C-30-26-78-58-78-100C-78-136-50-152-26-148C-12-146-3-136 0-124C3-136 12-146 26-148C50-152 78-136 78-100C78-58 30-26 0 0z"
