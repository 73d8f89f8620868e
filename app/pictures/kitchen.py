"""Pots, pans and tools of the kitchen."""

from __future__ import annotations

from app.pictures.canvas import Canvas, Profile, n, radius_at
from app.pictures.colours import lightness, shade, tint
from app.pictures.paint import BRASS, WOOD, Paint, decorate, handle, rounded


def spice_box(c: Canvas, p: Paint) -> None:
    """A round steel box of small bowls, seen with its lid leaning behind."""
    c.shadow(106, 1)
    c.circle(58, -92, 88, c.gradient(((0, tint(p.metal, 0.5)), (0.5, p.metal), (1, shade(p.metal, 0.3))), "d"))
    c.ring(58, -92, 70, shade(p.metal, 0.2), 2, 0.5)
    with c.group(-8, 0):
        c.lathe([(0, 98, 1), (44, 100)], p.metal, finish="metal", hollow=shade(p.metal, 0.1), lip=4)
        spices = ("#d9a02e", "#b5452f", "#7a4a2b", "#8a8b4f", "#e0c28a", "#9d2f2a", "#c9772f")
        for i, (x, y) in enumerate(((0, -52), (-50, -48), (50, -48), (-26, -40), (26, -40), (-27, -55), (27, -55))):
            c.ellipse(x, y, 24, 6.5, shade(p.metal, 0.25))
            c.ellipse(x, y + 0.5, 20, 5, spices[i])


def pan(c: Canvas, p: Paint) -> None:
    tone = p.main if p.finish == "metal" or lightness(p.main) < 0.5 else shade(p.main, 0.1)
    c.shadow(92, 1)
    handle(c, "M78-34L168-58", p.wood if p.finish != "metal" else shade(p.main, 0.3), 14)
    profile: Profile = [(0, 74), (6, 80), (44, 94, 1)]
    c.lathe(profile, tone, finish="metal", hollow=shade(tone, 0.25), lip=5)
    c.gloss(profile, 0.2, 0.9, strength=0.35)


def pot(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 66), (12, 80), (66, 88), (92, 78)]
    c.shadow(84, 1.1)
    for side in (-1, 1):
        handle(c, f"M{n(side * 80)}-74q{n(side * 32)}-2 {n(side * 6)} 20", p.main, 10)
    outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow=shade(p.main, 0.3), lip=6)
    decorate(c, p, profile, outline, low=6, high=80)
    c.gloss(profile, 0.15, 0.8, width=6)
    with c.group(0, -91):
        c.lathe([(0, 80, 1), (5, 80), (22, 52), (29, 12)], tint(p.main, 0.06), finish=p.solid_finish)
        c.circle(0, -36, 10, c.round(p.metal if p.finish == "metal" else p.wood))


def mortar(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 48), (10, 42), (22, 38), (60, 62), (104, 72)]
    c.shadow(62, 1.2)
    outline = c.lathe(profile, p.main, finish=p.solid_finish, hollow=shade(p.main, 0.2), lip=8)
    decorate(c, p, profile, outline, low=20, high=96)
    handle(c, "M8-100L62-186", p.main, 19)
    c.circle(64, -190, 13, c.round(p.main, p.solid_finish))
    c.path("M-64-104A64 13 0 0 0 64-104L70-92A72 18 0 0 1-70-92z", c.round(p.main, p.solid_finish))
    c.gloss(profile, 0.3, 0.85)


def board(c: Canvas, p: Paint) -> None:
    """A chopping board that leans on the wall."""
    wood = p.wood
    c.cast(84)
    with c.group(0, 0, 1, -3):
        if c.rng.random() < 0.5:
            d = rounded(150, 170, 26) + "M-17-166V-208a17 17 0 0 1 34 0V-166z"
        else:
            d = "M0 0A92 92 0 1 1 20-182L20-214a18 18 0 0 0-40 0L-20-182A92 92 0 0 0 0 0zM0 0A92 92 0 0 0 20-182H-20A92 92 0 0 0 0 0z"
        with c.group(7, 2):
            c.path(d, shade(wood, 0.35))
        c.path(d, c.flat(wood))
        c.path(d, c.tile("grain", shade(wood, 0.35), 1.4), opacity=0.5)
        c.circle(0, -206, 7, c.ground)


def spoon(c: Canvas, p: Paint) -> None:
    """Wooden spoons in a crock."""
    wood = p.wood if p.finish == "wood" else WOOD
    c.shadow(56, 1.2)
    for x, tall, turn in ((-18, 200, -14), (4, 226, 2), (20, 190, 17)):
        tone = shade(wood, 0.05 * (x % 5))
        with c.group(x * 0.5, -70, 1, turn):
            c.line(f"M0 0V{n(-tall + 90)}", shade(tone, 0.12), 10)
            c.ellipse(0, -tall + 66, 21, 31, c.round(tone))
            c.ellipse(1, -tall + 66, 13, 22, shade(tone, 0.18))
    profile: Profile = [(0, 48), (8, 54, 1), (100, 54)]
    outline = c.lathe(profile, p.second if p.finish == "wood" else p.main)
    c.path("M-54-100A54 11 0 0 0 54-100A54 10.500 0 0 1-54-100z".replace(".500", ".5"), "#fff")
    decorate(c, p, profile, outline, low=4, high=96)
    c.gloss(profile, 0.15, 0.85)


def cutlery(c: Canvas, p: Paint) -> None:
    tone = p.main if p.finish == "metal" else "#c3c9ce"
    grip = tone if p.finish == "metal" else p.main
    c.cast(76)
    heads = (
        "M-13-196V-150Q-13-128 0-126Q13-128 13-150V-196H8V-156H3V-196H-3V-156H-8V-196z",
        "M-9-126C-11-170-8-194 6-200V-120z",
        "M0-122C-22-126-22-190 0-198C22-190 22-126 0-122z",
    )
    for x, d in zip((-58, 0, 58), heads, strict=True):
        with c.group(x, 0):
            c.path(d, c.round(tone, "metal"))
            c.rect(-4, -128, 8, 40, c.round(tone, "metal"))
            c.path(rounded(17, 96, 8), c.round(grip, p.solid_finish))
            if p.pattern and p.finish != "metal":
                c.path(rounded(17, 96, 8), c.tile(p.pattern, p.ink, 0.6))


def bakecase(c: Canvas, p: Paint) -> None:
    """Fluted paper cases, one with a cake in it."""
    for x, y, cake in ((-62, -14, False), (58, -18, False), (0, 0, True)):
        with c.group(x, y, 1 if cake else 0.82):
            c.shadow(46, 0.8)
            profile: Profile = [(0, 40), (58, 62)]
            if cake:
                c.path("M-58-56C-74-96-40-124 0-122C40-124 74-96 58-56z", c.round("#e7bd86"))
                c.path(
                    "M-50-82C-58-112-28-132 0-130C30-132 58-110 50-82C36-70 26-88 12-78C-4-68-16-88-28-78C-38-72-46-74-50-82z",
                    c.round(tint(p.accent, 0.35)),
                )
                c.circle(4, -132, 9, "#c6463a")
            outline = c.lathe(profile, p.main, top=not cake, hollow=shade(p.main, 0.1), lip=3)
            c.path(outline, c.tile(p.pattern or "ticking", p.ink), opacity=0.75)
            if cake:
                c.path("M-62-58A62 12 0 0 0 62-58V-54A62 12 0 0 1-62-54z", tint(p.main, 0.3))


def mould(c: Canvas, p: Paint) -> None:
    tone = p.metal if p.finish == "metal" else p.main
    c.shadow(80, 1)
    profile: Profile = [(0, 86, 1), (10, 84, 1), (50, 70), (90, 40), (100, 20)]
    c.lathe(profile, tone, finish="metal" if p.finish == "metal" else "")
    for x in (-0.6, -0.25, 0.12, 0.5):
        points = [(x * radius_at(profile, h), -h) for h in (12, 50, 88)]
        c.line(
            f"M{n(points[0][0])} {n(points[0][1])}Q{n(points[1][0])} {n(points[1][1])} {n(points[2][0])} {n(points[2][1])}",
            shade(tone, 0.25),
            4,
            0.6,
        )
    c.gloss(profile, 0.2, 0.85)


def grinder(c: Canvas, p: Paint) -> None:
    """A pair of mills."""
    for x, tone, tall in ((-38, p.main, 1.0), (40, p.second, 0.86)):
        with c.group(x, 0, tall):
            profile: Profile = [(0, 34), (10, 32), (60, 22), (100, 30), (112, 24)]
            c.shadow(34, 1.3)
            c.lathe(profile, tone, finish=p.solid_finish)
            c.gloss(profile, 0.1, 0.9)
            with c.group(0, -114):
                c.lathe([(0, 24), (20, 30), (42, 18), (48, 6)], tone, finish=p.solid_finish)
                c.circle(0, -54, 7, c.round(p.metal, "metal"))


def filter_coffee(c: Canvas, p: Paint) -> None:
    """A steel filter beside its tumbler and bowl."""
    tone = p.metal if p.finish == "metal" else "#b8bfc5"
    with c.group(-46, 0):
        c.shadow(42, 1)
        profile: Profile = [(0, 40, 1), (84, 40)]
        c.lathe(profile, tone, finish="metal")
        c.gloss(profile)
        with c.group(0, -86):
            upper: Profile = [(0, 44, 1), (78, 44)]
            c.lathe(upper, tone, finish="metal")
            c.gloss(upper)
            c.lathe([(78, 46), (84, 46), (92, 12)], tone, finish="metal")
            c.circle(0, -98, 8, "#46352c")
    with c.group(62, 6):
        c.shadow(48, 1)
        c.lathe([(0, 44, 1), (24, 54)], tone, finish="metal", hollow=shade(tone, 0.1))
        cup: Profile = [(8, 26), (78, 34), (84, 38)]
        c.lathe(cup, tone, finish="metal", hollow="#5d4030")
        c.ellipse(0, -82, 32, 6, "#8a5a3c")
        c.ellipse(-4, -83, 20, 3.4, "#d9b48a")


def rolling_pin(c: Canvas, p: Paint) -> None:
    """A rolling pin on its low round board."""
    stone = p.main if p.finish != "wood" else tint(p.main, 0.3)
    c.shadow(112, 0.7)
    for x in (-62, 62):
        c.rect(x - 12, -2, 24, 16, c.round(shade(stone, 0.3)), 5)
    c.lathe([(8, 112, 1), (28, 114)], stone)
    c.line("M-64-34Q-30-46 6-34T72-28M-30-20Q6-30 44-22", shade(stone, 0.2), 2.5, 0.55)
    with c.group(4, -48, 1, -13):
        c.ellipse(6, 18, 96, 8, shade(stone, 0.6), 0.3)
        body = c.gradient(((0, tint(stone, 0.5)), (0.45, stone), (1, shade(stone, 0.32))), "v")
        grip = c.gradient(((0, tint(WOOD, 0.35)), (0.5, WOOD), (1, shade(WOOD, 0.35))), "v")
        for side in (-1, 1):
            c.path(rounded(48, 19, 9, side * 98, 9), grip)
        c.path(rounded(164, 46, 12, 0, 23), body)
        c.line("M-62 2Q-40-10-18 0T34-4M10 12Q34 4 60 10", shade(stone, 0.25), 2.5, 0.5)
        c.line("M-70-13H66", "#fffaf0", 4, 0.7)


def steamer(c: Canvas, p: Paint) -> None:
    """A tall steel pot under its lid, and a plate of what came out of it."""
    tone = p.metal if p.finish == "metal" else "#b8bfc5"
    with c.group(-26, -14):
        c.shadow(78, 1)
        for side in (-1, 1):
            c.line(f"M{side * 76}-92h{side * 22}v26h{-side * 22}", shade(tone, 0.45), 9)
        pot: Profile = [(0, 74, 1), (10, 78), (116, 78)]
        c.lathe(pot, tone, finish="metal")
        c.line("M-77-58A78 15.6 0 0 0 77-58", shade(tone, 0.4), 3, 0.6)
        c.gloss(pot)
        with c.group(0, -116):
            c.lathe([(0, 82, 1), (8, 82), (30, 62), (42, 20)], tone, finish="metal")
            c.circle(0, -50, 10, c.round("#3a3230"))
        c.path("M-34-172C-50-196-22-206-36-230M30-174C14-196 44-208 28-232", line="#ffffff", width=6, opacity=0.4)
    with c.group(66, 10):
        c.shadow(62, 0.8)
        c.lathe([(0, 46), (9, 64)], tone, finish="metal", hollow=tone, lip=5)
        for x, y in ((-24, -14), (24, -14), (0, -6)):
            c.path(
                f"M{x - 24} {y}C{x - 22} {y - 24} {x + 22} {y - 24} {x + 24} {y}Q{x} {y + 10} {x - 24} {y}z",
                c.round("#fbf6ea"),
            )


def ladle(c: Canvas, p: Paint) -> None:
    """One ladle on its hook."""
    tone = p.metal
    d = "M-46-46A46 46 0 0 0 46-46z"
    c.wall_shadow("M-5-226H5V-46H46A46 46 0 0 1-46-46H-5z")
    c.circle(0, -238, 7, c.round(BRASS, "metal"))
    c.ring(0, -230, 11, tone, 5)
    c.rect(-6, -220, 12, 176, c.round(tone, "metal"), 5)
    c.path(d, c.round(tone, "metal"))
    c.ellipse(0, -46, 46, 10, c.inside(tone))
    for x, y in ((-22, -24), (0, -18), (22, -24), (-10, -32), (12, -32)):
        c.circle(x, y, 4, shade(tone, 0.25), 0.55)


def pour_over(c: Canvas, p: Paint) -> None:
    """A filter cone held by a stand above its glass pot."""
    wood = p.wood
    c.shadow(88, 0.9)
    c.path(rounded(180, 16, 8, 0, 4), c.flat(wood))
    c.rect(-84, -226, 12, 222, c.round(wood), 4)
    pot: Profile = [(0, 46), (8, 54), (40, 56), (84, 30), (96, 34)]
    with c.group(14, -12):
        c.path("M-52-8A54 10 0 0 0 52-8L55-34A56 10 0 0 1-55-34z", "#5d4030")
        c.lathe(pot, "#cfe0dc", finish="glass")
        c.gloss(pot, 0.1, 0.6, strength=0.65)
        c.line("M0-122V-44", "#5d4030", 3)
    with c.group(14, -128):
        cone: Profile = [(0, 14), (76, 66)]
        c.lathe(cone, tint(p.second, 0.35), hollow="#6b4a36", lip=7)
        c.gloss(cone)
    c.line("M-80-150H-34", shade(wood, 0.3), 11)
    c.path("M-8-216C-26-236 2-246-12-266M40-216C22-236 50-246 36-266", line="#ffffff", width=5, opacity=0.4)
