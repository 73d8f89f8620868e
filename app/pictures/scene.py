"""The room a product stands in: wall, ground, light, and where its objects go."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from random import Random

from app.pictures.canvas import Canvas, n
from app.pictures.colours import lightness, mix, shade, tint
from app.pictures.kinds import KINDS, Kind
from app.pictures.reading import Picture, read

WIDTH, HEIGHT = 400, 500  # 4:5
CENTRE = WIDTH / 2


def draw(product_id: str, name: str, category: str) -> str:
    """The product as an SVG still life, 4:5. The same arguments always give the same drawing."""
    picture = read(product_id, name, category)
    rng = Random(f"{product_id}/{name}")
    kind = KINDS[picture.kind]
    canvas = Canvas(rng, picture.palette.ground)
    label = escape("".join(c if c.isprintable() else " " for c in name), quote=True)
    if kind.stage in ("wall", "hang"):
        _on_the_wall(canvas, picture, kind)
    elif kind.stage == "floor":
        _on_the_floor(canvas, picture, kind)
    else:
        _on_the_table(canvas, picture, kind)
    return canvas.svg(WIDTH, HEIGHT, label)


def _wall(c: Canvas, picture: Picture, horizon: float) -> None:
    wall = picture.palette.wall
    c.rect(
        0,
        0,
        WIDTH,
        HEIGHT,
        c.gradient(((0, tint(wall, 0.26 if lightness(wall) > 0.5 else 0.1)), (0.6, wall), (1, shade(wall, 0.07))), "d"),
    )
    backdrop = c.rng.randrange(7)
    light = tint(wall, 0.5 if lightness(wall) > 0.5 else 0.22)
    if backdrop == 0:  # sunlight through a window
        x = c.rng.randrange(40, 110)
        for i in range(2):
            left = x + i * 96
            c.polygon([(left, 0), (left + 80, 0), (left - 30, horizon), (left - 110, horizon)], light, 0.5)
    elif backdrop == 1:  # an arch
        half = c.rng.randrange(112, 138)
        top = horizon - c.rng.randrange(250, 290)
        c.path(
            f"M{n(CENTRE - half)} {n(horizon)}V{n(top + half)}a{half} {half} 0 0 1 {2 * half} 0V{n(horizon)}z",
            mix(wall, picture.palette.ground, 0.55),
        )
    elif backdrop == 2:  # a disc
        c.circle(
            CENTRE + c.rng.randrange(-40, 60), horizon - 170, c.rng.randrange(104, 132), mix(wall, light, 0.75), 0.8
        )
    elif backdrop == 3:  # a painted half
        c.rect(0, 0, c.rng.choice((132, 148)), horizon, mix(wall, picture.palette.ground, 0.4))


def _table(c: Canvas, picture: Picture, horizon: float) -> None:
    ground = picture.palette.ground
    c.rect(0, horizon, WIDTH, HEIGHT - horizon, c.gradient(((0, tint(ground, 0.2)), (1, shade(ground, 0.05)))))
    c.rect(0, horizon, WIDTH, 2, tint(ground, 0.4), opacity=0.7)
    c.rect(0, HEIGHT - 90, WIDTH, 90, c.gradient(((0, ground + "00"), (1, shade(ground, 0.12))), "v"))


def _on_the_table(c: Canvas, picture: Picture, kind: Kind) -> None:
    low = kind.height < 135 and picture.many == 1
    scale = min(286 / kind.width, 306 / kind.height, 1.6)
    on_plinth = low and c.rng.random() < 0.7
    foot: float = c.rng.randrange(408, 422)
    if not on_plinth:  # low things stand further back, so that the picture's weight stays in its middle
        foot = min(foot, 284 + kind.height * (scale if picture.many == 1 else 1) * 0.5 + c.rng.randrange(8))
    horizon = foot - c.rng.randrange(60, 100)
    _wall(c, picture, horizon)
    _table(c, picture, horizon)
    if picture.many > 1:
        _together(c, picture, kind, foot)
        return
    if on_plinth:
        _on_a_plinth(c, picture, kind, foot + 10)
        return
    with c.group(CENTRE - 6, foot, scale):
        kind.draw(c, picture.paint)


def _on_a_plinth(c: Canvas, picture: Picture, kind: Kind, foot: float) -> None:
    stone = mix(picture.palette.ground, picture.paint.second, 0.55)
    scale = min(256 / kind.width, 225 / kind.height, 1.5)
    half = min(kind.width * scale * 0.5 + 8, 132)
    high = c.rng.randrange(52, 92)
    with c.group(CENTRE, foot):
        if c.rng.random() < 0.55:
            c.shadow(half, 0.7)
            c.lathe([(0, half, 1), (high, half)], stone)
            rise = high
        else:
            c.shadow(half, 0.6)
            c.box(2 * half - 20, high, 46, stone, x=-14)
            rise = high + 20
    ground, c.ground = c.ground, stone
    with c.group(CENTRE - 4, foot - rise, scale):
        kind.draw(c, picture.paint)
    c.ground = ground


def _together(c: Canvas, picture: Picture, kind: Kind, foot: float) -> None:
    """Two or three of a kind, the nearer ones lower and larger."""
    paint = picture.paint
    other = replace(paint, main=paint.second, second=paint.main)
    third = replace(paint, main=paint.accent)
    if paint.finish:
        other, third = (replace(paint, main=tint(paint.main, 0.18)), replace(paint, main=shade(paint.main, 0.12)))
    size = min(176 / kind.width, 250 / kind.height, 1.35)
    spread = 0.56 * kind.width * size
    spots = [(-spread * 0.62, 4, 1.12, paint), (spread * 0.78, -14, 0.9, other)]
    if picture.many == 3:
        spots = [(-spread * 0.95, -16, 0.86, other), (spread * 0.98, -20, 0.82, third), (0, 12, 1.1, paint)]
    else:
        spots.reverse()
    for x, y, share, dressed in spots:
        with c.group(CENTRE - 4 + x, foot + y, size * share):
            kind.draw(c, dressed)


def _on_the_wall(c: Canvas, picture: Picture, kind: Kind) -> None:
    horizon = c.rng.randrange(424, 452)
    _wall(c, picture, horizon)
    _table(c, picture, horizon)
    c.ground = picture.palette.wall
    scale = min(300 / kind.width if kind.width < 350 else 1, 300 / kind.height, 1.4)
    centre = 218 if kind.stage == "wall" else 232
    with c.group(CENTRE, centre + kind.height * scale / 2, scale):
        kind.draw(c, picture.paint)


def _on_the_floor(c: Canvas, picture: Picture, kind: Kind) -> None:
    horizon = c.rng.randrange(196, 240)
    _wall(c, picture, horizon)
    _table(c, picture, horizon)
    with c.group(CENTRE - 4, 412, 1.16):
        kind.draw(c, picture.paint)
