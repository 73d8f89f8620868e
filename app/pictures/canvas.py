"""The pen of the still lifes: an SVG canvas with solids that all share one light, from the top left.

Objects stand on the point (0, 0) of their own group; up is negative y, about 200 units is tall.
Horizontal circles are seen a little from above: their ellipses are `TILT` times as high as wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from random import Random

from app.pictures.colours import mix, shade, tint
from app.pictures.patterns import pattern_tile

TILT = 0.2
Point = tuple[float, float]
Profile = Sequence[tuple[float, ...]]  # (height, radius) from the foot up; a third value marks a sharp edge


def n(value: float) -> str:
    """A coordinate in as few characters as show no difference."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


class Canvas:
    """Collects shapes and the gradients they need. `rng` makes every choice repeatable."""

    def __init__(self, rng: Random, ground: str) -> None:
        self.rng = rng
        self.ground = ground
        self._body: list[str] = []
        self._defs: dict[str, str] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def svg(self, width: int, height: int, label: str) -> str:
        defs = "".join(self._defs.values())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" stroke-linecap="round" stroke-linejoin="round" role="img" aria-label="{label}">'
            f"<defs>{defs}</defs>{''.join(self._body)}</svg>"
        )

    @contextmanager
    def group(self, x: float, y: float, scale: float = 1, turn: float = 0) -> Iterator[None]:
        turned = f" rotate({n(turn)})" if turn else ""
        scaled = f" scale({scale:.2f})" if scale != 1 else ""
        self._body.append(f'<g transform="translate({n(x)} {n(y)}){scaled}{turned}">')
        yield
        self._body.append("</g>")

    # --- fills -----------------------------------------------------------------------------------

    def _define(self, key: tuple[str, ...], markup: str) -> str:
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"f{len(self._names)}"
            self._defs[name] = markup.replace("NAME", name)
        return f"url(#{name})"

    def gradient(self, stops: Sequence[tuple[float, str]], direction: str = "h") -> str:
        """`direction`: h left to right, d diagonal from the light, v downwards."""
        way = {"h": "", "d": ' x2="1" y2="1"', "v": ' x2="0" y2="1"'}[direction]
        marks = "".join(f'<stop offset="{at:g}" stop-color="{colour}"/>' for at, colour in stops)
        return self._define((direction, marks), f'<linearGradient id="NAME"{way}>{marks}</linearGradient>')

    def round(self, colour: str, finish: str = "") -> str:
        """The fill of a body turned on a lathe."""
        if finish == "metal":
            return self.gradient(
                (
                    (0, shade(colour, 0.12)),
                    (0.2, tint(colour, 0.62)),
                    (0.42, colour),
                    (0.8, shade(colour, 0.42)),
                    (1, shade(colour, 0.12)),
                )
            )
        return self.gradient(
            (
                (0, tint(colour, 0.1)),
                (0.24, tint(colour, 0.24)),
                (0.55, colour),
                (0.93, shade(colour, 0.3)),
                (1, shade(colour, 0.22)),
            )
        )

    def flat(self, colour: str) -> str:
        """The fill of a plane that faces us."""
        return self.gradient(((0, tint(colour, 0.14)), (0.5, colour), (1, shade(colour, 0.1))), "d")

    def inside(self, colour: str) -> str:
        """The hollow of a vessel: the far right wall catches the light."""
        return self.gradient(((0, shade(colour, 0.5)), (1, shade(colour, 0.16))))

    def tile(self, pattern: str, colour: str, size: float = 1) -> str:
        markup = pattern_tile(pattern, colour, size)
        return self._define((pattern, colour, str(size)), markup)

    # --- shapes ----------------------------------------------------------------------------------

    def path(self, d: str, fill: str = "none", *, line: str = "", width: float = 0, opacity: float = 1) -> None:
        stroke = f' stroke="{line}" stroke-width="{n(width)}"' if line else ""
        faded = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(f'<path d="{d}" fill="{fill}"{stroke}{faded}/>')

    def line(self, d: str, colour: str, width: float, opacity: float = 1) -> None:
        self.path(d, line=colour, width=width, opacity=opacity)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1) -> None:
        faded = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="{n(rx)}" ry="{n(ry)}" fill="{fill}"{faded}/>')

    def circle(self, x: float, y: float, r: float, fill: str, opacity: float = 1) -> None:
        self.ellipse(x, y, r, r, fill, opacity)

    def glow(self, x: float, y: float, rx: float, ry: float, strength: float) -> None:
        """Lamplight that fades out; `strength` from 0 to 1."""
        light = self._define(
            ("glow",),
            '<radialGradient id="NAME"><stop stop-color="#ffe6a3"/>'
            '<stop offset="1" stop-color="#ffe0a0" stop-opacity="0"/></radialGradient>',
        )
        self.ellipse(x, y, rx * 1.25, ry * 1.25, light, min(1, strength * 3.2))

    def ring(self, x: float, y: float, r: float, colour: str, width: float, opacity: float = 1) -> None:
        self.path(
            f"M{n(x - r)} {n(y)}a{n(r)} {n(r)} 0 1 1 {n(2 * r)} 0a{n(r)} {n(r)} 0 1 1 {n(-2 * r)} 0z",
            line=colour,
            width=width,
            opacity=opacity,
        )

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, opacity: float = 1) -> None:
        rounded = f' rx="{n(r)}"' if r else ""
        faded = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(f'<rect x="{n(x)}" y="{n(y)}" width="{n(w)}" height="{n(h)}" fill="{fill}"{rounded}{faded}/>')

    def polygon(self, points: Sequence[Point], fill: str, opacity: float = 1) -> None:
        self.path("M" + "L".join(f"{n(x)} {n(y)}" for x, y in points) + "z", fill, opacity=opacity)

    # --- solids ----------------------------------------------------------------------------------

    def shadow(self, radius: float, length: float = 1.0, x: float = 0, y: float = 0) -> None:
        """On the ground: dark where the object touches it, fading to the right."""
        dark = shade(self.ground, 0.62)
        reach = radius * (1.25 + 0.45 * length)
        self.ellipse(x + reach - radius * 1.06, y + 1, reach, radius * TILT * 1.08 + 2, self._fading(dark))
        self.ellipse(x + 2, y + 2, radius * 1.01, radius * TILT + 1.5, dark, 0.26)

    def _fading(self, dark: str) -> str:
        return self._define(
            ("shadow", dark),
            f'<linearGradient id="NAME"><stop offset="20%" stop-color="{dark}" stop-opacity=".5"/>'
            f'<stop offset="1" stop-color="{dark}" stop-opacity="0"/></linearGradient>',
        )

    def cast(self, half: float, depth: float = 26, x: float = 0) -> None:
        """The shadow of something with a flat front, `half` its half width: thin in front, slanting off behind."""
        dark = shade(self.ground, 0.62)
        self.path(
            f"M{n(x - half * 0.9)} 3H{n(x + half * 1.02)}L{n(x + half * 1.1 + 74)} {n(-depth)}H{n(x)}z",
            self._fading(dark),
        )
        self.ellipse(x + 4, 2, half * 1.02, 6, dark, 0.3)

    def lathe(
        self, profile: Profile, colour: str, *, finish: str = "", hollow: str = "", lip: float = 4, top: bool = True
    ) -> str:
        """A body of revolution; `hollow`: colour of the inside of an open one. Returns what shows of its side."""
        outline = lathe_outline(profile)
        glassy = finish == "glass"
        self.path(outline, self.round(colour, finish), opacity=0.62 if glassy else 1)
        height, radius = profile[-1][:2]
        if top and radius > 3:
            self.ellipse(0, -height, radius, radius * TILT, tint(colour, 0.4 if finish != "metal" else 0.5))
            if hollow and radius > lip * 1.5:
                inner = radius - lip
                self.ellipse(0, -height + 0.6, inner, inner * TILT, self.inside(hollow), 0.75 if glassy else 1)
        return lathe_outline(profile, rim=1)

    def gloss(
        self, profile: Profile, low: float = 0.2, high: float = 0.85, *, strength: float = 0.4, width: float = 5
    ) -> None:
        """A highlight down the lit side, following the body."""
        total = profile[-1][0]
        steps = [low + (high - low) * i / 3 for i in range(4)]
        points = [
            (-0.66 * radius_at(profile, total * s), -total * s + radius_at(profile, total * s) * TILT * 0.7)
            for s in steps
        ]
        self.line(smooth(points), "#fffaf0", width, strength)

    def band(self, profile: Profile, low: float, high: float, fill: str, opacity: float = 1) -> None:
        """A stripe round a lathed body between two heights."""
        r1, r2 = radius_at(profile, low), radius_at(profile, high)
        self.path(
            f"M{n(-r1)} {n(-low)}A{n(r1)} {n(r1 * TILT)} 0 0 0 {n(r1)} {n(-low)}L{n(r2)} {n(-high)}"
            f"A{n(r2)} {n(r2 * TILT)} 0 0 1 {n(-r2)} {n(-high)}z",
            fill,
            opacity=opacity,
        )

    def box(self, w: float, h: float, d: float, colour: str, *, x: float = 0, y: float = 0, top: str = "") -> None:
        """A block seen from the front, a little from above and from the left; `d` is its depth as drawn."""
        left, right = x - w / 2, x + w / 2
        slant = d * 0.55
        side = [(right, y), (right + slant, y - d), (right + slant, y - h - d), (right, y - h)]
        self.polygon(side, self.gradient(((0, shade(colour, 0.3)), (1, shade(colour, 0.4)))))
        self.polygon(
            [(left, y - h), (left + slant, y - h - d), (right + slant, y - h - d), (right, y - h)],
            top or tint(colour, 0.34),
        )
        self.rect(left, y - h, w, h, self.flat(colour))

    def body(
        self, d: str, colour: str, *, pattern: str = "", ink: str = "", size: float = 1, strength: float = 0.8
    ) -> None:
        """A flat thing with its pattern."""
        self.path(d, self.flat(colour))
        if pattern:
            self.path(d, self.tile(pattern, ink or mix(colour, "#fff6e6", 0.7), size), opacity=strength)

    def wall_shadow(self, d: str, dx: float = 9, dy: float = 12, opacity: float = 0.2) -> None:
        """The shadow of something that hangs on the wall."""
        with self.group(dx, dy):
            self.path(d, shade(self.ground, 0.75), opacity=opacity)


def smooth(points: Sequence[Point], start: str = "M") -> str:
    """A soft line through all points (Catmull-Rom, as Bézier curves)."""
    return f"{start}{n(points[0][0])} {n(points[0][1])}" + _curve([(x, y, 0.0) for x, y in points])


def _curve(points: Sequence[tuple[float, float, float]]) -> str:
    last = len(points) - 1
    parts = []
    for i in range(last):
        (x1, y1, sharp1), (x2, y2, sharp2) = points[i], points[i + 1]
        x0, y0, _ = points[max(i - 1, 0)]
        x3, y3, _ = points[min(i + 2, last)]
        ax, ay = (0.0, 0.0) if sharp1 else ((x2 - x0) / 6, (y2 - y0) / 6)
        bx, by = (0.0, 0.0) if sharp2 else ((x3 - x1) / 6, (y3 - y1) / 6)
        parts.append(f"C{n(x1 + ax)} {n(y1 + ay)} {n(x2 - bx)} {n(y2 - by)} {n(x2)} {n(y2)}")
    return "".join(parts)


def lathe_outline(profile: Profile, rim: int = 0) -> str:
    """`rim`: 0 along the far edge of the top, 1 along the near one."""
    right = [(p[1], -p[0], p[2] if len(p) > 2 else 0.0) for p in profile]
    left = [(-x, y, sharp) for x, y, sharp in reversed(right)]
    (foot, y0, _), (edge, y1, _) = right[0], right[-1]
    return (
        f"M{n(-foot)} {n(y0)}A{n(foot)} {n(foot * TILT)} 0 0 0 {n(foot)} {n(y0)}{_curve(right)}"
        f"A{n(edge)} {n(edge * TILT)} 0 0 {rim} {n(-edge)} {n(y1)}{_curve(left)}z"
    )


def radius_at(profile: Profile, height: float) -> float:
    """The radius of a lathed body at a height, straight between the points of its profile."""
    for (h1, r1, *_), (h2, r2, *_) in pairwise(profile):
        if h1 <= height <= h2 and h2 > h1:
            return r1 + (r2 - r1) * (height - h1) / (h2 - h1)
    return profile[-1][1]
