"""Planters, plants and garden tools."""

from __future__ import annotations

from app.pictures.canvas import Canvas, Profile, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import LEAF, WOOD, Paint, decorate, leaf, rounded, sprig


def plant(c: Canvas, y: float, kind: int, green: str) -> None:
    """Growing out of a pot whose rim is at `y`."""
    if kind == 0:  # broad leaves
        for turn, size in ((-58, 92), (-30, 122), (52, 96), (26, 128), (0, 142), (-12, 104), (14, 100)):
            leaf(c, 0, y, size, turn, mix(green, "#3f5f4a" if turn > 0 else "#93ab74", 0.3))
    elif kind == 1:  # snake plant
        for x, turn, tall in ((-24, -12, 110), (22, 12, 118), (-8, -4, 150), (10, 5, 136)):
            with c.group(x, y, 1, turn):
                d = f"M-11 0Q-16 {n(-tall * 0.6)} 0 {n(-tall)}Q16 {n(-tall * 0.6)} 11 0z"
                c.path(d, c.round(green))
                c.line(f"M0-4V{n(-tall + 16)}", tint(green, 0.45), 3, 0.6)
    elif kind == 2:  # herbs
        for x, turn, tall in ((-22, -18, 84), (20, 20, 88), (0, 2, 112)):
            sprig(c, x, y, tall, green, turn=turn, pairs=4, size=30)
    else:  # cactus
        c.path(f"M-24 {n(y + 4)}V{n(y - 90)}a24 24 0 0 1 48 0V{n(y + 4)}z", c.round(green))
        c.line(f"M30 {n(y - 44)}H46V{n(y - 76)}M-26 {n(y - 30)}H-44V{n(y - 56)}", green, 17)
        c.line(f"M-8 {n(y)}V{n(y - 98)}M9 {n(y)}V{n(y - 98)}", tint(green, 0.4), 2, 0.6)
        c.circle(4, y - 116, 9, "#e29c9f")


def planter(c: Canvas, p: Paint) -> None:
    profile: Profile = c.rng.choice(
        (
            [(0, 46, 1), (82, 66, 1), (82, 72, 1), (104, 74)],
            [(0, 52), (10, 60), (100, 66)],
            [(0, 40), (40, 70), (92, 64), (100, 68)],
        )
    )
    c.shadow(64, 1.3)
    high, radius = profile[-1][:2]
    kind = 2 if p.has("herb", "herbs", "basil", "mint") else 3 if p.has("cactus", "succulent") else c.rng.randrange(3)
    c.ellipse(0, -high, radius - 5, (radius - 5) * 0.19, "#4b372b")
    with c.group(0, 0):
        outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow="#4b372b", lip=6)
    decorate(c, p, profile, outline, low=4, high=high * 0.76)
    c.gloss(profile, 0.1, 0.72)
    plant(c, -high + 4, kind, LEAF)


def hanging_planter(c: Canvas, p: Paint) -> None:
    rope = "#e6d6b4"
    for x in (-58, 58, 0):
        c.line(f"M{x} {-78 if x else -66}Q{n(x * 0.7)}-190 0-262V-420", rope, 4)
    profile: Profile = [(0, 34), (26, 62), (84, 66)]
    c.lathe(profile, p.main if p.finish != "weave" else p.accent, hollow="#4b372b", lip=5)
    plant(c, -80, 2, LEAF)
    for x, turn in ((-58, 150), (56, 200), (-40, 172)):
        sprig(c, x, -78, 74, mix(LEAF, "#93ab74", 0.4), turn=turn, pairs=3, size=26)
    c.line("M-62-60Q-30 20 0 22Q30 20 62-60M-36-84Q-10 0 0 22Q10 0 36-84", rope, 5)
    for i in range(-3, 4):
        c.line(f"M{i * 3} 22L{i * 5} 74", rope, 4)
    c.circle(0, 22, 9, WOOD)


def watering_can(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 62, 1), (112, 56)]
    c.shadow(66, 1.2)
    c.path("M-50-30L-128-132L-112-146L-48-72z", c.round(p.main, p.solid_finish))
    with c.group(-120, -138, 1, -52):
        c.path("M-14 6L-30-22H30L14 6z", c.round(p.main, p.solid_finish))
        c.ellipse(0, -22, 30, 8, tint(p.main, 0.45))
    c.line("M54-96C120-100 116-26 58-26", shade(p.main, 0.3), 10)
    c.line("M-40-116C-30-184 44-184 48-112", shade(p.main, 0.2), 10)
    outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow=shade(p.main, 0.3))
    decorate(c, p, profile, outline, low=8, high=100)
    c.gloss(profile, 0.1, 0.88)


def tools(c: Canvas, p: Paint) -> None:
    """A trowel and a fork against the wall."""
    steel = "#aab2b8" if p.finish != "metal" else p.main
    c.cast(70)
    for x, turn, fork in ((-40, -8, False), (42, 9, True)):
        with c.group(x, 0, 1, turn):
            if fork:
                for t in (-20, 0, 20):
                    c.line(f"M{t}-4V-62Q{t}-82 0-84", steel, 7)
            else:
                c.path("M0 0C-32-26-30-70-24-88H24C30-70 32-26 0 0z", c.round(steel, "metal"))
            c.rect(-5, -128, 10, 46, c.round(steel, "metal"))
            c.path(rounded(26, 92, 12, 0, -120), c.round(p.main if p.finish != "metal" else WOOD))
            c.rect(-13, -140, 26, 9, p.accent)
            c.circle(0, -200, 4.5, shade(p.main, 0.5))


def seed_kit(c: Canvas, p: Paint) -> None:
    """Three little pots in a wooden tray."""
    c.cast(112)
    for x, kind in ((-62, 2), (0, 1), (62, 2)):
        with c.group(x, -10, 0.62):
            c.lathe([(0, 36), (70, 50)], "#c4704b" if p.finish != "metal" else p.main, hollow="#4b372b")
            plant(c, -66, kind, mix(LEAF, "#93ab74", 0.3 * (kind == 2)))
    c.box(206, 34, 18, p.wood, x=-6)
    c.rect(-109, -34, 206, 34, c.tile("grain", shade(p.wood, 0.35)), opacity=0.5)


def wind_chime(c: Canvas, p: Paint) -> None:
    c.line("M0-196V-420M0-180L-60-140M0-180L60-140", shade(c.ground, 0.4), 2.5)
    c.path("M-70-146H70L62-128H-62z", c.round(p.wood))
    for x, tall in ((-52, 118), (-26, 146), (0, 168), (26, 140), (52, 112)):
        c.line(f"M{x}-130V-108", shade(c.ground, 0.5), 2)
        c.rect(x - 8, -110, 16, tall, c.round(p.metal if p.finish != "glass" else p.main, "metal"), 4)


def birdhouse(c: Canvas, p: Paint) -> None:
    c.cast(60)
    c.box(112, 118, 26, p.main, x=-8)
    c.rect(-64, -118, 112, 118, c.tile("grain", shade(p.main, 0.3)), opacity=0.4)
    c.polygon([(-82, -112), (-8, -190), (66, -112)], p.main)
    c.polygon([(-8, -196), (10, -208), (98, -124), (76, -108)], shade(p.accent, 0.28))
    c.line("M-84-110L-8-190L70-110", p.accent, 16)
    c.circle(-8, -84, 22, shade(p.main, 0.65))
    c.line("M-8-44V-36", p.accent, 9)


def flower(c: Canvas, p: Paint) -> None:
    """Cut flowers in a bottle."""
    for x, turn, tall, tone in ((-8, -20, 150, p.main), (8, 18, 140, p.accent), (0, 0, 178, p.main)):
        with c.group(x, -60, 1, turn):
            c.line(f"M0 0V{-tall + 30}", "#6d8f62", 4)
            leaf(c, 0, -40, 36, 50, "#6d8f62")
            for i in range(6):
                with c.group(0, -tall + 20, 1, i * 60):
                    c.ellipse(0, -19, 12, 18, c.round(tone))
            c.circle(0, -tall + 20, 10, "#e6b93f")
    profile: Profile = [(0, 32), (10, 40), (60, 38), (84, 14), (104, 15)]
    c.lathe(profile, mix(p.second, "#cfe0dc", 0.5), finish="glass")
    c.gloss(profile, 0.1, 0.6, strength=0.7)
