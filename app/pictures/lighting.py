"""Lamps, lanterns, candles and scent."""

from __future__ import annotations

from app.pictures.canvas import TILT, Canvas, Profile, n, radius_at
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import HEART_PATH, WOOD, Paint, decorate, flame, rounded

WAX = "#f6ead2"
GLOW = "#ffdf95"


def lamp(c: Canvas, p: Paint) -> None:
    base: Profile = c.rng.choice(
        (
            [(0, 40), (8, 36), (16, 10), (90, 8)],
            [(0, 36), (30, 52), (66, 34), (90, 9)],
            [(0, 38, 1), (12, 38, 1), (14, 9), (90, 8)],
        )
    )
    body = p.main if p.finish else p.accent
    shade_tone = p.second if p.finish else p.main
    c.shadow(48, 1.4)
    c.glow(0, -6, 110, 24, 0.16)
    outline = c.lathe(base, body, finish=p.solid_finish, top=False)
    if base[1][1] > 40:
        decorate(c, p, base, outline, low=6, high=60)
    c.gloss(base, 0.1, 0.5)
    c.glow(0, -150, 130, 96, 0.16)
    with c.group(0, -96):
        hood: Profile = [(0, 78, 1), (92, 50)]
        c.ellipse(0, 0, 78, 78 * TILT, "#fff0c4")
        drawn = c.lathe(hood, mix(shade_tone, GLOW, 0.18), top=False)
        if p.pattern:
            c.path(drawn, c.tile(p.pattern, p.ink if not p.finish else shade(shade_tone, 0.25)), opacity=0.45)
        c.band(hood, 0, 5, shade(shade_tone, 0.18), 0.7)
        c.ellipse(0, -92, 50, 50 * TILT, tint(shade_tone, 0.5))
        c.ellipse(0, -92, 42, 42 * TILT, "#fff3cf")


def pendant(c: Canvas, p: Paint) -> None:
    """Hangs from the top of its group, the lamp's lower edge at y = 0."""
    dome: Profile = c.rng.choice(
        (
            [(0, 96, 1), (30, 90), (72, 52), (86, 14)],
            [(0, 60, 1), (40, 88), (92, 52), (106, 14)],
            [(0, 92, 1), (86, 18)],
        )
    )
    c.line(f"M0 {n(-dome[-1][0])}V-420", shade(p.accent, 0.45), 3.5)
    c.glow(0, 8, 120, 60, 0.18)
    c.ellipse(0, 0, dome[0][1], dome[0][1] * TILT, "#fff0c4")
    c.circle(0, 4, 15, "#fffbe9")
    outline = c.lathe(dome, p.main, finish=p.solid_finish, top=False)
    if p.finish == "weave":
        for i in range(-4, 5):
            c.line(
                f"M{n(i * 0.24 * dome[0][1])} {n(dome[0][1] * TILT * (1 - abs(i) / 5))}L{n(i * 3)} {n(-dome[-1][0])}",
                shade(p.main, 0.4),
                2,
                0.55,
            )
        c.path(outline, c.tile("weave", shade(p.main, 0.4)), opacity=0.35)
    elif p.pattern:
        c.path(outline, c.tile(p.pattern, p.ink), opacity=0.6)
    c.rect(-9, -dome[-1][0] - 16, 18, 20, c.round(p.metal, "metal"), 4)
    c.gloss(dome, 0.15, 0.8)


def lantern(c: Canvas, p: Paint) -> None:
    """A glazed case with a candle in it."""
    frame = p.main if p.finish not in ("glass", "") else shade(p.accent, 0.15) if p.finish == "glass" else p.main
    pane = p.main if p.finish == "glass" else mix(GLOW, p.second, 0.3)
    c.cast(62)
    c.ring(0, -214, 17, frame, 5)
    c.box(126, 12, 26, frame, x=-7)
    c.rect(-62, -148, 110, 136, c.gradient(((0, tint(pane, 0.35)), (1, mix(pane, GLOW, 0.3))), "v"), opacity=0.85)
    c.polygon([(48, -12), (62, -26), (62, -160), (48, -148)], shade(pane, 0.2), 0.85)
    c.rect(-21, -62, 38, 50, c.round(WAX), 3)
    c.glow(-2, -84, 44, 44, 0.3)
    flame(c, -2, -62, 1.05)
    for x in (-66, -11, 42):
        c.rect(x, -150, 8, 140, c.round(frame, p.solid_finish))
    c.line("M-62-150H50", frame, 7)
    c.polygon([(-74, -148), (56, -148), (22, -196), (-34, -196)], c.round(frame, p.solid_finish))
    c.polygon([(56, -148), (72, -162), (34, -202), (22, -196)], shade(frame, 0.38))
    c.rect(-14, -204, 26, 10, c.round(frame, p.solid_finish), 3)
    c.line("M-52-140L-30-84", "#fffaf0", 5, 0.5)


def star_lantern(c: Canvas, p: Paint) -> None:
    """A folded paper star that glows, hanging."""
    from math import cos, pi, sin

    c.line("M0-196V-420", shade(p.accent, 0.4), 3)
    c.glow(0, -100, 128, 128, 0.18)
    tips = [(100 * sin(pi * 2 * i / 5), -100 - 100 * cos(pi * 2 * i / 5)) for i in range(5)]
    dips = [(42 * sin(pi * (2 * i + 1) / 5), -100 - 42 * cos(pi * (2 * i + 1) / 5)) for i in range(5)]
    for i in range(5):
        c.polygon([(0, -100), dips[i - 1], tips[i]], tint(mix(p.main, GLOW, 0.25), 0.2))
        c.polygon([(0, -100), tips[i], dips[i]], shade(p.main, 0.14))
    for x, y in dips:
        c.circle(x * 0.62, -100 + (y + 100) * 0.62, 4, "#fff3cf", 0.9)
    c.circle(0, -100, 9, "#fff6d8")


def string_lights(c: Canvas, p: Paint) -> None:
    """Two garlands of little lamps across the wall."""
    for y, dip in ((-150, 70), (-60, 64)):
        c.line(f"M-190 {n(y - 20)}Q0 {n(y + dip * 2)} 190 {n(y - 30)}", shade(p.metal, 0.35), 3)
        for i in range(7):
            t = (i + 0.5) / 7
            x = -190 + 380 * t
            at = (1 - t) ** 2 * (y - 20) + 2 * t * (1 - t) * (y + dip * 2) + t * t * (y - 30)
            c.glow(x, at + 17, 26, 26, 0.25)
            c.rect(x - 4, at - 1, 8, 9, p.metal, 2)
            c.ellipse(
                x,
                at + 18,
                10,
                13,
                c.round((p.main if p.finish != "metal" else GLOW, p.accent)[i % 2 if p.finish != "metal" else 0]),
            )
            c.circle(x - 3, at + 13, 2.6, "#fffbe9")


def candle(c: Canvas, p: Paint) -> None:
    """In a tumbler with a label, or as pillars."""
    if p.has("pillar", "dinner", "set") and not p.has("soy", "jar"):
        for x, high, tone in ((-40, 104, p.main), (38, 138, p.second), (4, 72, p.accent)):
            with c.group(x, 8 if x == 4 else 0):
                profile: Profile = [(0, 32, 1), (high, 32)]
                c.shadow(32, 1.3)
                c.lathe(profile, tone)
                c.gloss(profile)
                c.line(f"M0 {n(-high)}v-8", "#3a3230", 3)
                flame(c, 0, -high - 6)
        return
    profile = [(0, 52), (6, 56, 1), (116, 56)]
    c.shadow(56, 1.2)
    c.lathe(profile, p.main, finish=p.finish if p.finish == "metal" else "", hollow=p.main, lip=5)
    c.ellipse(0, -111, 49, 49 * TILT * 0.86, WAX)
    c.band(profile, 30, 84, p.second)
    c.line("M-18-56H20M-10-44H12", shade(p.accent, 0.1), 3.5)
    c.circle(1, -70 + 12 - 8, 0.1, p.accent)
    c.gloss(profile, 0.1, 0.9)
    c.line("M0-112v-8", "#3a3230", 3)
    flame(c, 0, -118, 1.15)


def tealight(c: Canvas, p: Paint) -> None:
    """A glass cup with a small flame."""
    tone = p.main
    profile: Profile = [(0, 34), (8, 50), (60, 62), (96, 54)]
    c.shadow(54, 1.2)
    c.glow(0, -52, 74, 74, 0.24)
    c.ellipse(0, -18, 32, 8, WAX)
    outline = c.lathe(profile, tone, finish="" if p.finish == "metal" else "glass", hollow=GLOW, lip=4)
    if p.pattern:
        c.path(outline, c.tile(p.pattern, tint(tone, 0.7)), opacity=0.5)
    c.circle(0, -48, 24, "#fff0c4", 0.6)
    flame(c, 0, -34, 0.9)
    c.gloss(profile, 0.15, 0.85, strength=0.65)


def heart_tealight(c: Canvas, p: Paint) -> None:
    """A hanging heart of wire or metal with a tealight in its middle."""
    c.line("M0-150V-420", shade(p.accent, 0.35), 3)
    with c.group(0, 30, 1.35):
        c.wall_shadow(HEART_PATH, 12, 14, 0.16)
        c.line(HEART_PATH, shade(p.main, 0.22), 17)
        c.line(HEART_PATH, p.main, 11)
        c.line("M-74-112C-72-134-50-147-30-143", tint(p.main, 0.7), 4, 0.8)
        c.glow(0, -66, 40, 40, 0.3)
        c.path("M-24-62A24 5 0 0 0 24-62L19-32A19 4 0 0 1-19-32z", c.round(mix(p.second, "#bcd4d2", 0.5)))
        c.ellipse(0, -62, 24, 5, WAX)
        flame(c, 0, -60, 0.9)


def candlestick(c: Canvas, p: Paint) -> None:
    for x, high, tone in ((-42, 1.0, p.main), (42, 0.78, p.main)):
        with c.group(x, 0):
            profile: Profile = [
                (0, 32),
                (8, 26),
                (14, 8),
                (60 * high, 7),
                (66 * high, 15),
                (72 * high, 7),
                (110 * high, 8),
                (120 * high, 20),
            ]
            c.shadow(32, 1.6)
            top = 120 * high
            c.rect(-9, -top - 74, 18, 76, c.round(p.second), 3)
            c.lathe(profile, tone, finish=p.solid_finish or ("metal" if p.finish == "" else ""))
            c.rect(-9, -top - 30, 18, 30, c.round(p.second))
            c.gloss(profile, 0.1, 0.9)
            flame(c, 0, -top - 76, 0.9)


def diya(c: Canvas, p: Paint) -> None:
    """Small oil lamps."""
    spots = ((-52, -10, 0.86), (54, 0, 1.0)) if p.has("pair", "set", "2") else ((0, 0, 1.25),)
    for x, y, size in spots:
        with c.group(x, y, size):
            c.shadow(44, 1)
            c.lathe([(0, 26), (6, 18), (14, 20), (38, 58)], p.main, finish=p.solid_finish, hollow="#8a5a22", lip=6)
            c.path("M-56-40Q-78-50-80-44Q-72-30-50-28z", c.round(p.main, p.solid_finish))
            flame(c, -66, -42, 1.0)


def incense(c: Canvas, p: Paint) -> None:
    c.cast(84)
    c.path("M-14-26C-40-90 30-120-6-196", line="#ffffff", width=7, opacity=0.35)
    c.path("M-8-70C14-110-26-140 4-190", line="#ffffff", width=4, opacity=0.3)
    with c.group(56, 0):
        c.box(74, 150, 20, p.main)
        c.rect(-37, -112, 74, 74, p.second)
        c.path("M0-96C16-84 16-66 0-52C-16-66-16-84 0-96z", p.accent)
    with c.group(-34, 8):
        c.shadow(58, 0.6)
        c.line("M-22-16L16-128", WOOD, 4)
        c.line("M16-128L20-140", "#3a3230", 5)
        c.circle(20, -141, 3.5, "#e8703a")
        c.lathe(
            [(0, 50), (4, 56), (14, 60)],
            p.accent if p.finish != "metal" else p.main,
            finish=p.solid_finish,
            hollow=shade(p.accent, 0.2),
            lip=5,
        )


def diffuser(c: Canvas, p: Paint) -> None:
    tone = p.main
    profile: Profile = [(0, 48), (6, 52, 1), (74, 52), (98, 20), (116, 19)]
    c.shadow(52, 1.3)
    for x, turn in ((-30, -17), (-12, -8), (4, 2), (20, 11), (34, 20)):
        c.line(f"M{n(x * 0.15)}-70L{n(x * 2.1)} {n(-226 + abs(turn))}", "#b58a5c", 4.5)
    c.path("M-50-8A50 10 0 0 0 50-8V-50A50 10 0 0 1-50-50z", c.round(mix("#e0b070", p.accent, 0.3)), opacity=0.9)
    c.lathe(profile, mix(tone, "#cfe0dc", 0.35), finish="glass")
    c.rect(-28, -66, 56, 46, p.second, 3)
    c.line("M-16-50H16M-10-40H10", tone, 3.5)
    c.gloss(profile, 0.1, 0.6, strength=0.7)


def mist(c: Canvas, p: Paint) -> None:
    """A spray bottle."""
    profile: Profile = [(0, 40), (6, 43, 1), (112, 43), (126, 18)]
    c.shadow(44, 1.4)
    c.lathe(profile, mix(p.main, "#cfe0dc", 0.15), finish="glass")
    c.lathe([(0, 39, 1), (70, 39)], p.main)
    c.band(profile, 34, 92, p.second)
    c.line("M-20-70H20M-12-58H12", p.accent, 3.5)
    c.gloss(profile, 0.1, 0.82, strength=0.65)
    with c.group(0, -126):
        c.lathe([(0, 18, 1), (20, 18)], p.metal, finish="metal")
        c.path("M-26-22h40v28h-24v-12h-16z", c.round(p.accent))


def soap(c: Canvas, p: Paint) -> None:
    """Bars of soap in a stack, tied with a band of paper."""
    c.cast(82)
    for i, tone in enumerate((p.main, p.second, p.main)):
        d = rounded(156 - 12 * i, 44, 16, -4 + 6 * (i % 2), -46 * i)
        c.path(d, c.flat(tone))
        c.path(d, c.gradient(((0.6, "#1c223600"), (1, "#1c223638"))))
    c.path(rounded(54, 136, 4, 0, 0), p.accent)
    c.circle(0, -70, 17, p.second)


def diyas(c: Canvas, p: Paint) -> None:
    """A crowd of small oil lamps, as on a festival's evening."""
    tones = (p.main, p.accent, p.second)
    spots = (
        (-42, -66, 0.46),
        (42, -64, 0.46),
        (-84, -34, 0.52),
        (2, -36, 0.52),
        (88, -32, 0.52),
        (-46, 0, 0.6),
        (50, 2, 0.6),
    )
    for i, (x, y, size) in enumerate(spots):
        tone = tones[i % 3]
        with c.group(x, y, size):
            c.shadow(44, 1)
            profile: Profile = [(0, 26), (6, 18), (14, 20), (38, 58)]
            c.lathe(profile, tone, finish=p.solid_finish, hollow="#8a5a22", lip=6)
            c.band(profile, 28, 32, tint(tone, 0.6), 0.9)
            c.path("M-56-40Q-78-50-80-44Q-72-30-50-28z", c.round(tone, p.solid_finish))
            flame(c, -66, -42, 1.2)


def bulbs(c: Canvas, p: Paint) -> None:
    """Bare bulbs on their cords, the filament to be seen."""
    spots = ((-52, -8, 0.9), (50, 14, 1.0)) if p.has("pair", "set", "2") else ((0, 0, 1.25),)
    glass = "M-15-150C-17-120-56-104-56-56A56 56 0 0 0 56-56C56-104 17-120 15-150z"
    for x, y, size in spots:
        with c.group(x, y, size):
            c.line("M0-190V-560", "#3a3230", 5)
            c.glow(0, -60, 104, 104, 0.24)
            c.path(glass, c.gradient(((0, "#fff3cf"), (0.5, "#f6cf86"), (1, "#d99c4e")), "d"), opacity=0.72)
            c.line("M-10-146L-22-50L-11-92L0-46L11-92L22-50L10-146", "#c8641e", 3.5)
            c.line("M-22-50L-11-92L0-46L11-92L22-50", "#fff6d8", 1.8)
            c.line("M-40-80Q-44-56-36-38", "#fffaf0", 6, 0.75)
            c.rect(-19, -192, 38, 46, c.round(p.metal, "metal"), 5)
            for at in (-182, -170, -158):
                c.line(f"M-18 {at}H18", shade(p.metal, 0.4), 2.5, 0.6)


def sconce(c: Canvas, p: Paint) -> None:
    """A lamp on the wall; its shade is set with pieces of glass."""
    plate = rounded(56, 150, 28, 0, -20)
    c.glow(0, -170, 150, 120, 0.22)
    c.wall_shadow(plate)
    c.path(plate, c.round(p.metal, "metal"))
    c.line("M0-52C0-8 58-14 58-66", shade(p.metal, 0.4), 13)
    c.line("M0-54C0-12 56-18 56-66", p.metal, 8)
    with c.group(36, -66):
        c.lathe([(0, 24), (10, 28)], p.metal, finish="metal")
        with c.group(0, -10):
            bowl: Profile = [(0, 30), (34, 62), (84, 78)]
            c.lathe(bowl, mix(p.main, GLOW, 0.3), hollow="#fff0c4", lip=5)
            tones = [mix(tone, GLOW, 0.2) for tone in (p.main, p.accent, p.second, "#e0a13c")]
            for row, (low, high) in enumerate(((4, 26), (30, 52), (56, 78))):
                for col in range(6):
                    left, right = -0.9 + col * 0.3 + 0.025, -0.9 + (col + 1) * 0.3 - 0.025
                    r1, r2 = radius_at(bowl, low), radius_at(bowl, high)

                    def at(share: float, height: float, r: float) -> tuple[float, float]:
                        return share * r, -height + r * TILT * (1 - share * share) ** 0.5

                    c.polygon(
                        [at(left, low, r1), at(right, low, r1), at(right, high, r2), at(left, high, r2)],
                        tones[(row * 3 + col + row * col) % 4],
                    )
            c.glow(0, -84, 60, 30, 0.28)


def floor_lamp(c: Canvas, p: Paint) -> None:
    pole = p.main if p.finish else WOOD
    c.shadow(44, 1.2)
    c.lathe([(0, 42), (8, 40), (12, 12)], pole, finish=p.solid_finish)
    c.rect(-6, -246, 12, 240, c.round(pole, p.solid_finish), 3)
    if p.finish == "wood":
        for y in (-60, -110, -160):
            c.line(f"M-6 {y}H6", shade(pole, 0.4), 3)
    c.glow(0, -250, 130, 90, 0.18)
    with c.group(0, -214):
        hood: Profile = [(0, 66, 1), (88, 50)]
        tone = mix(p.second, GLOW, 0.25)
        c.ellipse(0, 0, 66, 66 * TILT, "#fff0c4")
        c.lathe(hood, tone, top=False)
        c.ellipse(0, -88, 50, 50 * TILT, "#fff3cf")
        c.band(hood, 0, 5, shade(tone, 0.18), 0.7)


def floating_candles(c: Canvas, p: Paint) -> None:
    """Small candles on water in a wide bowl."""
    bowl: Profile = [(0, 52), (8, 58), (44, 104), (70, 118)]
    c.shadow(88, 0.9)
    c.lathe(bowl, "#9fc3c8", finish="glass", hollow="#6fa5b0", lip=6)
    for x, y, tone in ((-42, -79, p.main), (30, -82, p.second), (-8, -66, p.accent), (64, -70, p.main)):
        with c.group(x, y, 0.62):
            c.lathe([(0, 24), (12, 32)], tone)
            c.line("M0-12v-7", "#3a3230", 3)
            flame(c, 0, -16, 1.2)
    c.gloss(bowl, 0.2, 0.8)
