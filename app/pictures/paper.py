"""Stationery, cards, wrapping and small printed things."""

from __future__ import annotations

from app.pictures.canvas import TILT, Canvas, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import HEART_PATH, WOOD, Paint, leaf, rounded

PAPER = "#faf3e4"


def notebook(c: Canvas, p: Paint) -> None:
    """Standing, with an elastic band or a spine; a second one behind it now and then."""
    c.cast(76)
    if c.rng.random() < 0.6:
        with c.group(26, -4, 0.97, 7):
            c.path(rounded(140, 196, 6), c.flat(p.accent))
            c.path(rounded(140, 196, 6), c.gradient(((0.4, "#1c223600"), (1, "#1c22364d")), "d"))
    with c.group(-10, 0, 1, -2):
        c.path(rounded(146, 198, 5, 7, -1), shade(PAPER, 0.16))
        for i in range(3):
            c.line(f"M{n(74 + i * 2)}-6V-190", shade(PAPER, 0.3), 0.8)
        c.body(rounded(146, 200, 7), p.main, pattern=p.pattern, ink=p.ink)
        c.rect(-73, -200, 20, 200, shade(p.main, 0.22), 4)
        if p.has("leather", "journal", "travel"):
            c.line("M-73-104H73", shade(p.main, 0.4), 6)
            c.circle(52, -104, 9, c.round(p.metal, "metal"))
        else:
            c.rect(-30, -158, 82, 46, PAPER, 3)
            c.line("M-18-140H40M-18-128H24", shade(p.main, 0.1), 3.5)
            c.rect(54, -200, 7, 200, p.second if p.second != PAPER else p.accent)


def book(c: Canvas, p: Paint) -> None:
    c.cast(98)
    y = 0.0
    for i, (w, h) in enumerate(((184, 34), (166, 28), (176, 38), (140, 26))):
        tone = (p.main, p.second, p.accent, mix(p.main, p.second, 0.5))[i]
        x = (0, 8, -6, 6)[i]
        c.box(w, h, 26, tone, x=x - 8, y=y, top=PAPER)
        c.line(f"M{n(x - w / 2 + 10)} {n(y - h / 2)}H{n(x - w / 2 + 54)}", tint(tone, 0.5), 4, 0.8)
        y -= h


def pencils(c: Canvas, p: Paint) -> None:
    """A pot of pencils."""
    c.shadow(50, 1.2)
    tones = (p.main, p.accent, p.second, mix(p.main, p.accent, 0.5), tint(p.accent, 0.4))
    for i, (x, turn, tall) in enumerate(((-30, -12, 118), (-14, -4, 138), (4, 3, 126), (20, 9, 142), (34, 16, 112))):
        with c.group(x * 0.8, -70, 1, turn):
            c.rect(-7, -tall, 14, tall, c.round(tones[i]))
            c.polygon([(-7, -tall), (7, -tall), (0, -tall - 20)], "#e9c99a")
            c.polygon([(-2.6, -tall - 13), (2.6, -tall - 13), (0, -tall - 20)], shade(tones[i], 0.2))
    profile = [(0, 46, 1), (104, 48)]
    outline = c.lathe(profile, p.second if p.second != PAPER else p.accent, top=False)
    c.path(outline, c.tile(p.pattern or "bands", p.main, 0.8), opacity=0.6)
    c.ellipse(0, -104, 48, 0.1, "none")
    c.gloss(profile)


def pen(c: Canvas, p: Paint) -> None:
    """A fountain pen upright in a block, with its cap beside it."""
    tone = p.main
    c.cast(70)
    c.box(132, 30, 34, p.second if p.finish == "metal" else p.accent, x=-10)
    with c.group(-20, -38, 1, 9):
        c.path("M-9-40L-3-4Q0 4 3-4L9-40z", c.round("#d9c08a", "metal"))
        c.path("M-12-40L-13-140Q-12-196 0-200Q12-196 13-140L12-40z", c.round(tone, p.solid_finish))
        c.rect(-13.5, -66, 27, 7, c.round(p.metal, "metal"))
        c.gloss([(60, 11), (180, 11)], 0.45, 0.9)
    with c.group(52, -36):
        c.path(rounded(28, 92, 12), c.round(tone, p.solid_finish))
        c.rect(-14, -16, 28, 8, c.round(p.metal, "metal"))
        c.path("M6-88v52q0 7 6 0v-44z", c.round(p.metal, "metal"))


def card(c: Canvas, p: Paint) -> None:
    """A greeting card before its envelope."""
    c.cast(84)
    with c.group(34, -8, 1, 8):
        c.rect(-84, -128, 168, 126, c.flat(mix(p.accent, p.main, 0.15)), 4)
        c.line("M-82-126L0-56L82-126", shade(p.accent, 0.25), 3, 0.7)
    with c.group(-16, 0, 1, -3):
        c.rect(-66, -198, 138, 200, shade(PAPER, 0.3), 3)
        c.rect(-70, -198, 136, 200, c.flat(PAPER), 3)
        c.rect(-58, -186, 112, 176, p.main, 2)
        if p.pattern and p.pattern not in ("ticking", "check", "bands", "grain"):
            c.rect(-58, -186, 112, 176, c.tile(p.pattern, p.ink, 1.4), 2, 0.9)
        else:
            motif(c, p, -2, -60, 0.86, scenery=True)


def motif(c: Canvas, p: Paint, x: float, y: float, size: float, scenery: bool = False) -> None:
    """A heart, a tree or a sprig, by the name; `scenery` allows a view of hills that fills a card."""
    with c.group(x, y, size):
        if p.has("heart", "hearts", "love", "sweetheart"):
            with c.group(0, 8, 0.62):
                c.path(HEART_PATH, p.ink)
        elif p.has("christmas", "tree"):
            for i in range(3):
                w, top = 52 - 12 * i, -34 - 30 * i
                c.polygon([(-w, top + 34), (w, top + 34), (0, top - 22)], p.ink)
            c.rect(-7, 0, 14, 16, shade(p.ink, 0.3))
        elif not scenery or c.rng.random() < 0.5:
            c.line("M0 22Q6-40 0-110", p.ink, 5)
            for i in range(4):
                leaf(c, 0, 6 - 28 * i, 44, -56, p.ink)
                leaf(c, 0, -4 - 28 * i, 44, 56, p.ink)
        else:
            c.circle(20, -86, 21, p.second)
            c.path("M-65 58V-4Q-34-46 2-14T65-22V58z", p.ink)
            c.path("M-65 58V32Q-12-4 65 36V58z", mix(p.ink, p.main, 0.4))


def envelope(c: Canvas, p: Paint) -> None:
    c.cast(100)
    for i, tone in ((1, p.accent), (0, p.main)):
        with c.group(14 * i, -12 * i, 1, 5 * i):
            c.rect(-100, -134, 200, 134, c.flat(tone), 4)
            c.path("M-98-132L0-56L98-132z", shade(tone, 0.14))
            c.line("M-98-2L-26-76M98-2L26-76", shade(tone, 0.2), 2, 0.7)
    c.circle(0, -60, 17, c.round(p.second))


def tape(c: Canvas, p: Paint) -> None:
    """Rolls of tape, one on the others."""
    c.shadow(92, 0.9)
    spots = ((-50, 0, p.main), (50, 0, p.accent), (0, -46, p.second))
    for i, (x, y, tone) in enumerate(spots):
        with c.group(x, y):
            profile = [(0, 50, 1), (42, 50)]
            outline = c.lathe(profile, tone, hollow=WOOD, lip=20)
            style = ("dots", "stripes", "hearts")[i] if not p.pattern else p.pattern
            c.path(outline, c.tile(style, tint(tone, 0.65) if i != 2 else p.main, 0.6), opacity=0.7)
            c.ellipse(0, -42, 50, 50 * TILT, tint(tone, 0.35))
            c.ellipse(0, -42, 32, 32 * TILT, WOOD)
            c.ellipse(0, -41, 27, 27 * TILT, shade(WOOD, 0.5))


def calendar(c: Canvas, p: Paint) -> None:
    c.cast(92)
    c.polygon([(-96, 0), (96, 0), (112, -14), (84, -168), (-84, -168)], shade(p.accent, 0.3))
    d = "M-92-4L-80-172H80L92-4z"
    c.path(d, c.flat(PAPER))
    c.path("M-86-90L-80-172H80L86-90z", c.flat(p.main))
    if p.pattern:
        c.path("M-86-90L-80-172H80L86-90z", c.tile(p.pattern, p.ink), opacity=0.8)
    for row in range(3):
        for col in range(6):
            c.circle(-64 + col * 26, -70 + row * 23, 5, p.accent if (row, col) == (1, 3) else mix(PAPER, p.main, 0.35))
    for x in range(-64, 80, 16):
        c.line(f"M{x}-180v16", shade(p.accent, 0.4), 4)


def gift_wrap(c: Canvas, p: Paint) -> None:
    """Rolls of paper, leaning together."""
    for x, turn, tall, tone, style in (
        (-46, -7, 206, p.accent, "stripes"),
        (44, 8, 190, p.second, "dots"),
        (0, 0, 226, p.main, p.pattern or "leaves"),
    ):
        with c.group(x, 0, 1, turn):
            c.shadow(25, 1.5)
            profile = [(0, 25, 1), (tall, 25)]
            outline = c.lathe(profile, tone, hollow="#8a6a4a", lip=6)
            c.path(
                outline,
                c.tile(style, p.ink if tone == p.main else tint(tone, 0.6) if tone != p.second else p.main, 0.8),
                opacity=0.75,
            )
            c.path(outline, c.gradient(((0.5, "#1c223600"), (1, "#1c223655"))))


def gift_box(c: Canvas, p: Paint) -> None:
    c.cast(88)
    c.box(146, 112, 40, p.main, x=-10)
    if p.pattern:
        c.rect(-83, -112, 146, 112, c.tile(p.pattern, p.ink), opacity=0.7)
    c.rect(-24, -112, 26, 112, p.second)
    c.box(158, 26, 44, mix(p.main, p.accent, 0.4), x=-10, y=-112)
    c.polygon([(-24, -138), (0, -182), (26, -182), (2, -138)], tint(p.second, 0.2))
    c.rect(-24, -138, 26, 26, p.second)
    c.path("M0-160C-56-214-84-168-2-156C60-214 92-172 2-156z", c.round(p.second))
    c.circle(0, -159, 10, shade(p.second, 0.2))


def packet(c: Canvas, p: Paint) -> None:
    """A paper packet: tea, coffee, seeds, napkins, tissues."""
    c.cast(66)
    c.polygon([(60, 0), (84, -16), (80, -176), (56, -184)], shade(p.main, 0.42))
    d = "M-62 0Q-66-90-56-186H58Q66-90 62 0z"
    c.body(d, p.main, pattern=p.pattern, ink=p.ink, strength=0.55)
    c.path("M-56-186H58L54-210Q0-204-52-210z", c.flat(shade(p.main, 0.16)))
    c.line("M-50-196H54", p.accent, 6)
    c.path(rounded(86, 96, 6, 1, -30), c.flat(PAPER))
    leafy = mix("#6d8f62", p.accent, 0.15)
    if p.has("coffee", "beans"):
        for x, y, turn in ((-16, -88, -20), (18, -92, 24), (2, -70, 8)):
            with c.group(x, y, 1, turn):
                c.ellipse(0, 0, 12, 17, "#6b4630")
                c.line("M0-14Q5 0 0 14", "#3f2a1e", 3)
    else:
        for turn in (-44, 0, 44):
            leaf(c, 1, -66, 42, turn, leafy)
    c.line("M-24-52H26M-14-42H16", p.main, 4)


def playing_cards(c: Canvas, p: Paint) -> None:
    """A fan of cards."""
    c.cast(70)
    for turn, tone in ((-32, p.accent), (-11, p.second), (10, p.main), (31, PAPER)):
        with c.group(0, -20, 1, turn):
            c.path(rounded(92, 146, 9, 0, -22), shade(PAPER, 0.25))
            c.path(rounded(90, 144, 8, -1, -23), c.flat(PAPER))
            c.path(rounded(74, 128, 5, -1, -31), tone if tone != PAPER else tint(p.main, 0.85))
            if tone == PAPER:
                with c.group(0, -66, 0.36):
                    c.path(HEART_PATH, "#c6463a")
            elif p.pattern:
                c.path(rounded(74, 128, 5, -1, -31), c.tile(p.pattern, p.ink), opacity=0.7)


def paper_chain(c: Canvas, p: Paint) -> None:
    tones = (p.main, p.second, p.accent)
    for row, y in enumerate((-180, -84)):
        for i in range(11):
            t = (i + 0.5) / 11
            x = -180 + 360 * t
            at = y + 190 * t * (1 - t) * 1.3
            tone = tones[(i + row) % 3]
            if i % 2:
                c.path(f"M{n(x - 9)} {n(at - 17)}h18v34h-18z", c.round(tone))
            else:
                c.path(rounded(58, 34, 16, x, at + 17), line=shade(tone, 0.1), width=11)


def gift_tag(c: Canvas, p: Paint) -> None:
    for x, turn, tone in ((44, 10, p.accent), (-24, -6, p.main)):
        with c.group(x, -190, 1, turn):
            d = "M-52 40L0-6L52 40V190H-52z"
            c.wall_shadow(d, 7, 9)
            c.path(d, c.flat(tone))
            if p.pattern:
                c.path(d, c.tile(p.pattern, p.ink), opacity=0.7)
            c.circle(0, 34, 9, c.ground)
            c.line("M0 34C-6-10 20-30 8-70", tint(WOOD, 0.3), 3.5)
            if not p.pattern:
                motif(c, p, 0, 140, 0.6)
