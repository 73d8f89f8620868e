"""Cups, bowls, pots and bottles."""

from __future__ import annotations

from app.pictures.canvas import TILT, Canvas, Profile, n
from app.pictures.colours import lightness, mix, shade, tint
from app.pictures.paint import WOOD, Paint, decorate, handle, sprig

TEA = "#9a5b33"


def mug(c: Canvas, p: Paint) -> None:
    shape = c.rng.randrange(3)
    profile: Profile = (
        [(0, 46), (8, 52, 1), (118, 56)],
        [(0, 38), (10, 52), (60, 60), (112, 52)],
        [(0, 50, 1), (60, 49), (112, 52)],
    )[shape]
    c.shadow(56)
    handle(c, "M48-92C98-100 98-26 46-30", p.main, 14)
    outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow=p.second if p.second != p.main else p.main)
    decorate(c, p, profile, outline, low=0, high=104)
    rim = profile[-1]
    c.ellipse(0, -rim[0] + 5, rim[1] - 9, (rim[1] - 9) * TILT * 0.82, mix(TEA, "#5b3620", 0.3))
    c.gloss(profile, 0.15, 0.8)


def teacup(c: Canvas, p: Paint) -> None:
    c.shadow(92)
    c.lathe([(0, 46), (5, 60), (12, 92)], p.second, hollow=p.second, lip=7)
    profile: Profile = [(8, 28), (16, 36), (44, 60), (84, 72)]
    handle(c, "M62-72C112-84 104-28 48-36", p.main, 9)
    outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow=tint(p.main, 0.5))
    decorate(c, p, profile, outline, low=16, high=78)
    c.ellipse(0, -81, 60, 60 * TILT * 0.84, TEA)
    c.gloss(profile, 0.3, 0.86)


def bowl(c: Canvas, p: Paint) -> None:
    deep = c.rng.choice((70, 84, 96))
    profile: Profile = [(0, 40), (8, 42, 1), (deep * 0.45, 84), (deep, 102)]
    c.shadow(80, 1.1)
    outline = c.lathe(
        profile, p.main, finish=p.finish if p.finish == "glass" else p.solid_finish, hollow=p.second, lip=5
    )
    decorate(c, p, profile, outline, low=6, high=deep - 4)
    c.gloss(profile, 0.35, 0.85)


def plate(c: Canvas, p: Paint) -> None:
    """Upright, so that the front shows; three when they come as a set."""
    c.cast(50)
    rows = 3 if p.has("set", "4", "6") else 1
    for i in reversed(range(rows)):
        x, y = 15 * i, -96 - 5 * i
        colour = (p.main, p.second, p.main)[i]
        c.circle(x + 2, y + 2, 96, shade(colour, 0.32))
        c.circle(x, y, 96, c.flat(colour))
    c.circle(0, -96, 96, c.tile(p.pattern, p.ink) if p.pattern else "none", 0.75)
    c.ring(0, -96, 88, p.ink, 3, 0.8)
    c.circle(0, -96, 62, c.gradient(((0, shade(p.main, 0.16)), (0.5, p.main), (1, tint(p.main, 0.3))), "d"))
    c.ring(0, -96, 62, shade(p.main, 0.2), 1.5, 0.6)
    c.line("M-70-132A80 80 0 0 1-34-167", "#fffaf0", 5, 0.5)


def vase(c: Canvas, p: Paint) -> None:
    shapes: tuple[Profile, ...] = (
        [(0, 34), (40, 62), (92, 58), (140, 22), (164, 20), (176, 28)],
        [(0, 30), (60, 40), (130, 62), (164, 44), (176, 30)],
        [(0, 44), (50, 66), (100, 50), (120, 18), (170, 16)],
        [(0, 36, 1), (90, 44), (170, 36)],
    )
    profile = c.rng.choice(shapes[:3] if p.has("bud") else shapes)
    c.shadow(58, 1.3)
    high = profile[-1][0]
    if p.finish != "glass":
        for turn, tall in ((-16, 0.9), (5, 1.2), (22, 0.8)):
            sprig(c, 0, -high + 4, 92 * tall, mix("#7d9a6c", p.accent, 0.12), turn=turn, pairs=3, size=30)
    outline = c.lathe(
        profile, p.main, finish=p.finish if p.finish == "glass" else p.solid_finish, hollow=shade(p.main, 0.3)
    )
    decorate(c, p, profile, outline, low=4, high=high * 0.62)
    c.gloss(profile, 0.12, 0.7)


def teapot(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 42), (22, 72), (60, 84), (98, 66), (114, 40)]
    c.shadow(84, 1.1)
    c.path("M-60-46C-104-56-92-112-132-122L-116-132C-78-124-76-84-58-80z", c.round(p.main, p.solid_finish))
    if p.has("iron", "cast", "kettle"):
        handle(c, "M-58-98C-70-206 70-206 58-98", "#6b4a36" if lightness(p.main) < 0.4 else p.wood, 11)
    else:
        handle(c, "M70-92C138-118 132-18 74-34", p.main, 13)
    outline = c.lathe(profile, p.main, finish=p.solid_finish)
    decorate(c, p, profile, outline, low=8, high=100)
    c.gloss(profile, 0.2, 0.8, width=7)
    with c.group(0, -112):
        c.lathe([(0, 42), (12, 34), (19, 8)], mix(p.main, p.second, 0.25), finish=p.solid_finish)
        c.circle(0, -26, 10, c.round(p.accent))


def kettle(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 72, 1), (14, 76), (66, 62), (104, 36)]
    c.shadow(78, 1.1)
    c.path("M-56-56C-104-62-98-112-126-120L-112-130C-78-122-74-92-52-88z", c.round(p.main, p.solid_finish))
    handle(c, "M-44-96C-52-198 52-198 44-96", WOOD, 13)
    outline = c.lathe(profile, p.main, finish=p.solid_finish)
    decorate(c, p, profile, outline, low=10, high=96)
    c.gloss(profile, 0.12, 0.75, width=7)
    with c.group(0, -103):
        c.lathe([(0, 36), (9, 26), (14, 6)], shade(p.main, 0.1), finish=p.solid_finish)
        c.circle(0, -21, 8, "#3d3a3c")


def jug(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 44), (36, 62), (76, 58), (120, 36), (150, 44)]
    c.shadow(62, 1.2)
    handle(c, "M38-134C96-150 96-44 56-52", p.main, 12)
    outline = c.lathe(
        profile, p.main, finish=p.finish if p.finish == "glass" else p.solid_finish, hollow=shade(p.main, 0.2)
    )
    c.path("M-42-152C-52-160-60-164-64-160C-60-146-50-134-38-130z", tint(p.main, 0.2))
    decorate(c, p, profile, outline, low=4, high=112)
    c.gloss(profile, 0.1, 0.62)


def jar(c: Canvas, p: Paint) -> None:
    """With a lid; a glass one shows what is in it."""
    glass = p.finish == "glass" or p.has("jam", "stackable", "honey", "preserve", "storage")
    body = "#bcd4d2" if glass else p.main
    profile: Profile = [(0, 54), (8, 60, 1), (104, 60), (122, 50)]
    c.shadow(60, 1.1)
    if glass:
        fill = p.accent if p.finish == "glass" else p.main
        c.path("M-54-8A54 11 0 0 0 54-8V-72A54 11 0 0 0-54-72z", c.round(fill))
        c.ellipse(0, -72, 54, 54 * TILT, tint(fill, 0.25))
    outline = c.lathe(profile, body, finish="glass" if glass else p.solid_finish)
    if not glass:
        decorate(c, p, profile, outline, low=4, high=106)
    c.gloss(profile, 0.1, 0.84, strength=0.6)
    with c.group(0, -120):
        lid = p.wood if glass or c.rng.random() < 0.5 else p.second
        c.lathe([(0, 52), (6, 54, 1), (20, 54)], lid)
        if not glass:
            c.circle(0, -28, 10, c.round(lid))


def bottle(c: Canvas, p: Paint) -> None:
    wide = p.has("water", "flask", "copper", "steel")
    profile: Profile = (
        [(0, 40), (6, 43, 1), (128, 43), (158, 22), (172, 22)]
        if wide
        else [(0, 40), (8, 44, 1), (96, 44), (128, 17), (176, 15)]
    )
    c.shadow(46, 1.5)
    finish = p.finish if p.finish in ("glass", "metal") else ""
    outline = c.lathe(profile, p.main, finish=finish)
    if wide and finish == "metal":
        for at in (30, 34, 104, 108):
            c.band(profile, at, at + 1.6, shade(p.main, 0.35), 0.7)
    else:
        c.band(profile, 30, 86, p.second if p.second != p.main else p.accent)
        c.band(profile, 52, 56, p.accent)
        c.band(profile, 60, 62, p.accent)
    c.gloss(profile, 0.1, 0.62, strength=0.55)
    c.path(outline, "none")
    top = profile[-1]
    with c.group(0, -top[0]):
        c.lathe(
            [(0, top[1] + 2, 1), (20, top[1] + 2)],
            shade(p.main, 0.25) if wide else WOOD,
            finish="metal" if finish == "metal" else "",
        )


def glass(c: Canvas, p: Paint) -> None:
    tone = p.main if p.finish == "glass" or lightness(p.main) < 0.85 else "#a9cbc8"
    profile: Profile = [(0, 36), (4, 38, 1), (112, 50)]
    c.shadow(40, 1.3)
    c.path("M-37-10A37 7 0 0 0 37-10L44-62A44 8 0 0 1-44-62z", c.round(mix(p.accent, "#e9b06a", 0.4)), opacity=0.9)
    c.ellipse(0, -62, 44, 44 * TILT, mix(p.accent, "#ffe2b0", 0.55))
    c.lathe(profile, tone, finish="glass", hollow=shade(tone, 0.1), lip=2.5)
    c.gloss(profile, 0.1, 0.88, strength=0.7, width=4)


def cakestand(c: Canvas, p: Paint) -> None:
    tiers = 3 if p.has("3", "tier", "three") else 2 if p.has("2", "two") else 1
    c.shadow(60, 1.2)
    c.lathe([(0, 44), (8, 34), (16, 12), (44, 9)], p.second)
    at = 40.0
    for i in range(tiers):
        radius = 98 - 25 * i
        with c.group(0, -at):
            if i:
                c.rect(-4, 0, 8, 58, c.round(p.metal, "metal"))
            profile: Profile = [(0, radius * 0.7), (9, radius, 1), (15, radius)]
            c.lathe(profile, (p.main, tint(p.main, 0.25), p.main)[i], hollow=tint(p.main, 0.55), lip=7)
            c.band(profile, 9, 12, p.ink)
            _cakes(c, p, radius * 0.6, tiers == 1)
        at += 62
    if tiers > 1:
        c.ring(0, -at + 8, 11, p.metal, 5)
        c.rect(-3, -at + 18, 6, 44, c.round(p.metal, "metal"))


def _cakes(c: Canvas, p: Paint, radius: float, whole: bool) -> None:
    if whole:
        with c.group(0, -16):
            c.lathe([(0, radius, 1), (52, radius)], "#e9c9a0")
            c.band([(0, radius), (52, radius)], 38, 52, p.second)
            c.circle(0, -60, 8, "#c6463a")
        return
    for x in (-0.62, 0.58):
        c.path(f"M{n(x * radius - 15)}-20a15 15 0 0 1 30 0q-15 9-30 0z", c.round(tint(p.accent, 0.25)))


def tin(c: Canvas, p: Paint) -> None:
    """A lidded tin; three of them stand on each other when they come as a set of cake tins."""
    sizes = (96, 78, 60) if p.has("set", "3") and p.has("cake", "storage") else (72,)
    heights = (58, 50, 44) if len(sizes) > 1 else (c.rng.choice((92, 118)),)
    c.shadow(sizes[0], 1.1)
    y = 0.0
    for i, (radius, high) in enumerate(zip(sizes, heights, strict=True)):
        with c.group(0, y):
            profile: Profile = [(0, radius, 1), (high, radius)]
            outline = c.lathe(
                profile, (p.main, p.second, p.main)[i] if len(sizes) > 1 else p.main, finish=p.solid_finish
            )
            if p.pattern and i != 1:
                decorate(c, p, profile, outline, low=0, high=high)
            c.band(profile, high - 17, high, c.round((p.second, p.main, p.second)[i], p.solid_finish))
            c.ellipse(0, -high, radius, radius * TILT, tint((p.second, p.main, p.second)[i], 0.3))
            if len(sizes) == 1 and not p.pattern and p.finish != "metal":
                c.rect(-34, -high * 0.62, 68, 36, p.second, 4)
                c.line(f"M-22 {n(-high * 0.62 + 14)}H22M-14 {n(-high * 0.62 + 23)}H14", p.main, 3)
            c.gloss(profile, 0.12, 0.75)
        y -= high
    with c.group(0, y):
        c.ellipse(0, -3, 11, 8, c.round(p.accent))
