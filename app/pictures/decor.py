"""Things for the wall and the mantelpiece, festive things and jewellery."""

from __future__ import annotations

from math import cos, pi, sin

from app.pictures.canvas import Canvas, Profile, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import HEART_PATH, WOOD, Paint, leaf, rounded
from app.pictures.paper import PAPER


def star_path(outer: float, inner: float, tips: int = 5, y: float = 0) -> str:
    points = []
    for i in range(tips * 2):
        radius = outer if i % 2 == 0 else inner
        points.append(f"{n(radius * sin(pi * i / tips))} {n(y - radius * cos(pi * i / tips))}")
    return "M" + "L".join(points) + "z"


def wall_clock(c: Canvas, p: Paint) -> None:
    c.ellipse(12, -88, 106, 106, shade(c.ground, 0.75), 0.2)
    c.circle(0, -104, 106, c.gradient(((0, tint(p.main, 0.35)), (0.5, p.main), (1, shade(p.main, 0.35))), "d"))
    _dial(c, p, 0, -104, 88)


def _dial(c: Canvas, p: Paint, x: float, y: float, r: float) -> None:
    with c.group(x, y, r / 88):
        c.circle(0, 0, 88, c.flat(PAPER))
        for i in range(12):
            c.line(
                f"M{n(76 * sin(pi * i / 6))} {n(-76 * cos(pi * i / 6))}L{n(66 * sin(pi * i / 6))} {n(-66 * cos(pi * i / 6))}",
                "#3a393f",
                6 if i % 3 == 0 else 3,
            )
        c.line("M0 0L-26-40", "#3a393f", 7)
        c.line("M0 0L36-46", "#3a393f", 5)
        c.line("M0 10L-10 62", p.accent, 2.5)
        c.circle(0, 0, 7, p.accent)


def alarm_clock(c: Canvas, p: Paint) -> None:
    c.shadow(72, 1.2)
    for side in (-1, 1):
        c.line(f"M{side * 42}-22L{side * 60} 0", shade(p.main, 0.35), 12)
        with c.group(side * 48, -164, 1, side * 32):
            c.path("M-36 8A36 32 0 0 1 36 8z", c.round(p.main, p.solid_finish))
            c.circle(0, -28, 7, shade(p.main, 0.3))
    c.path("M-14-186H14M0-186V-166", line=p.metal, width=7)
    c.circle(0, -90, 84, c.gradient(((0, tint(p.main, 0.35)), (0.5, p.main), (1, shade(p.main, 0.35))), "d"))
    _dial(c, p, 0, -90, 66)
    c.line("M-66-116A72 72 0 0 1-44-148", "#fffaf0", 5, 0.55)


def mirror(c: Canvas, p: Paint) -> None:
    d = "M-82-110A82 104 0 1 1 82-110A82 104 0 1 1-82-110z" if c.rng.random() < 0.5 else rounded(164, 212, 82, 0, -4)
    c.wall_shadow(d, 11, 14)
    c.path(d, c.gradient(((0, tint(p.main, 0.45)), (0.4, p.main), (1, shade(p.main, 0.35))), "d"))
    with c.group(0, -110, 0.86), c.group(0, 110):
        c.path(d, c.gradient(((0, "#dfeaec"), (0.55, "#b9ced4"), (1, "#96b0ba")), "d"))
        c.path("M-52-100L8-196H34L-52-58z", "#ffffff", opacity=0.4)
        c.path("M-44-36L52-190L60-170L-30-24z", "#ffffff", opacity=0.25)


def frame(c: Canvas, p: Paint) -> None:
    """A picture frame standing on its own foot."""
    c.cast(84)
    with c.group(0, 0, 1, -2):
        c.rect(-74, -204, 160, 206, shade(p.main, 0.45), 3)
        c.rect(-82, -206, 160, 206, c.flat(p.main), 3)
        if p.finish == "wood":
            c.rect(-82, -206, 160, 206, c.tile("grain", shade(p.main, 0.35)), 3, 0.5)
        c.rect(-62, -186, 120, 166, c.flat(PAPER), 1)
        c.rect(-46, -168, 88, 130, mix(p.accent, PAPER, 0.55))
        c.circle(14, -130, 17, mix(p.second, "#f2cc8f", 0.6))
        c.path("M-46-72Q-20-112 4-80Q24-104 42-84V-38H-46z", p.accent)
        c.path("M-46-54Q-10-78 42-56V-38H-46z", shade(p.accent, 0.25))


def sign(c: Canvas, p: Paint) -> None:
    """A lettered plate on a cord; the words are only hinted at."""
    c.line("M-88-128L0-208L88-128", tint(WOOD, 0.2), 4)
    c.circle(0, -209, 7, shade(p.accent, 0.3))
    d = rounded(240, 138, 12)
    c.wall_shadow(d)
    c.path(d, c.flat(p.main))
    c.path(rounded(222, 120, 8, 0, -9), line=p.ink, width=3.5)
    for y, w, h in ((-98, 128, 11), (-72, 168, 17), (-44, 104, 11)):
        x = -w / 2
        for share in (0.3, 0.42, 0.22):
            c.rect(x, y - h / 2, w * share, h, p.ink, h / 2)
            x += w * (share + 0.03)
    for x in (-106, 106):
        c.circle(x, -126, 5, shade(p.main, 0.45))


def chalkboard(c: Canvas, p: Paint) -> None:
    if p.has("heart"):
        with c.group(0, -10, 1.35):
            c.wall_shadow(HEART_PATH)
            c.path(HEART_PATH, c.flat("#4a5157"))
            c.line("M-44-96Q-20-112 6-96T50-98M-30-72Q0-84 34-72", "#f4f0e8", 4, 0.75)
        c.line("M0-186V-420", "#cbb083", 4)
        return
    d = rounded(190, 220, 8)
    c.wall_shadow(d)
    c.path(d, c.flat(p.main if p.finish == "wood" else mix(p.main, WOOD, 0.4)))
    c.path(rounded(160, 190, 3, 0, -15), c.flat("#43494f"))
    c.line("M-56-164Q-20-180 10-162T56-166M-56-132H30M-56-108H46M-56-84H10", "#f4f0e8", 4, 0.7)
    c.circle(38, -58, 15, "none")
    c.ring(38, -58, 15, "#f4f0e8", 4, 0.7)


def heart(c: Canvas, p: Paint) -> None:
    """A hanging heart: cloth, wood, wicker or metal."""
    c.line("M0-170V-420", tint(WOOD, 0.3), 4)
    with c.group(0, 0, 1.3):
        c.wall_shadow(HEART_PATH, 9, 11)
        if p.finish == "weave":
            for width, tone in ((20, shade(p.main, 0.3)), (14, p.main)):
                c.line(
                    "M0-14C-30-36-66-62-66-98C-66-128-44-138-26-134C-12-132-3-122 0-112C3-122 12-132 26-134C44-138 66-128 66-98C66-62 30-36 0-14z",
                    tone,
                    width,
                )
            c.line(
                "M-60-110l12-10M-66-90l14-8M-56-66l12-12M-34-44l10-12M60-110l-12-10M66-90l-14-8M56-66l-12-12M34-44l-10-12M-30-140l4 14M30-140l-4 14",
                shade(p.main, 0.45),
                3,
                0.7,
            )
        else:
            c.body(HEART_PATH, p.main, pattern=p.pattern, ink=p.ink)
            c.path(HEART_PATH, c.gradient(((0.45, "#1c223600"), (1, "#1c223655")), "d"))
            if p.finish == "wood":
                c.path(HEART_PATH, c.tile("grain", shade(p.main, 0.35)), opacity=0.5)
            c.line("M-66-112C-64-128-48-138-32-136", "#fffaf0", 5, 0.5)
        c.path("M0-132C-26-160-44-136-2-130C44-136 26-160 0-132z", c.round(p.accent))


def star(c: Canvas, p: Paint) -> None:
    c.line("M0-192V-420", tint(WOOD, 0.3), 4)
    d = star_path(112, 48, 5, -90)
    c.wall_shadow(d)
    c.path(d, p.main)
    for i in range(5):
        turn, side = pi * 2 * i / 5, pi * (2 * i + 1) / 5
        c.polygon(
            [(0, -90), (112 * sin(turn), -90 - 112 * cos(turn)), (48 * sin(side), -90 - 48 * cos(side))],
            shade(p.main, 0.2),
        )
    if p.pattern:
        c.path(d, c.tile(p.pattern, p.ink), opacity=0.55)
    if p.finish == "wood":
        c.path(d, c.tile("grain", shade(p.main, 0.4)), opacity=0.5)


def bunting(c: Canvas, p: Paint) -> None:
    tones = (p.main, p.second, p.accent)
    styles = (p.pattern or "dots", "check" if p.pattern != "check" else "stripes", p.pattern or "hearts")
    for row, y in enumerate((-188, -72)):
        c.path(f"M-210 {y}Q0 {y + 74} 210 {y - 14}", line=tint(WOOD, 0.35), width=5)
        for i in range(5):
            t = (i + 0.5) / 5
            x = -210 + 420 * t
            top = (1 - t) ** 2 * y + 2 * t * (1 - t) * (y + 74) + t * t * (y - 14)
            which = (i + row) % 3
            d = "M-33 0H33L0 82z"
            with c.group(x, top, 1, (0.5 - t) * -16):
                c.wall_shadow(d, 6, 8, 0.14)
                c.path(d, tones[which])
                ink = p.ink if which == 0 else p.main if which == 1 else tint(p.accent, 0.6)
                c.path(d, c.tile(styles[which], ink, 0.7), opacity=0.7)
                c.path("M0 0H33L0 82z", "#1c2236", opacity=0.08)


def wreath(c: Canvas, p: Paint) -> None:
    c.line("M0-200V-420", p.accent, 6)
    c.ring(8, -86, 80, shade(c.ground, 0.7), 40, 0.16)
    c.ring(0, -100, 80, shade("#6d8f62", 0.35), 15)
    for i in range(22):
        turn = i * 360 / 22
        x, y = 80 * sin(turn * pi / 180), -100 - 80 * cos(turn * pi / 180)
        leaf(c, x, y, 52 if i % 2 else 42, turn + (128 if i % 2 else 58), ("#6d8f62", "#54795a", "#8aa275")[i % 3])
    for i in range(7):
        turn = i * 2 * pi / 7 + 0.3
        c.circle(84 * sin(turn), -100 - 84 * cos(turn), 8, c.round(p.main))
    c.path("M0-178C-50-222-66-172-4-174C66-172 50-222 0-178z", c.round(p.accent))


def garland(c: Canvas, p: Paint) -> None:
    """Beads, pom-poms or hearts on a string."""
    tones = (p.main, p.accent, p.second)
    hearts = p.has("heart", "hearts")
    for row, y in enumerate((-190, -90)):
        c.path(f"M-210 {y}Q0 {y + 110} 210 {y - 10}", line=tint(WOOD, 0.35), width=4)
        for i in range(7):
            t = (i + 0.5) / 7
            x = -210 + 420 * t
            at = (1 - t) ** 2 * y + 2 * t * (1 - t) * (y + 110) + t * t * (y - 10)
            with c.group(x, at + 14):
                if hearts:
                    with c.group(0, 34, 0.34):
                        c.path(HEART_PATH, c.flat(tones[(i + row) % 3]))
                else:
                    c.circle(0, 0, 21, c.round(tones[(i + row) % 3]))


def bauble(c: Canvas, p: Paint) -> None:
    """Round ornaments on threads."""
    for x, y, r, tone in ((-70, -150, 42, p.second), (66, -118, 50, p.accent), (-8, -62, 66, p.main)):
        c.line(f"M{x} {y - r}V-420", tint(WOOD, 0.35), 3)
        c.circle(x + 10, y + 14, r, shade(c.ground, 0.7), 0.16)
        c.circle(x, y, r, c.gradient(((0, tint(tone, 0.5)), (0.45, tone), (1, shade(tone, 0.4))), "d"))
        if p.pattern:
            c.circle(x, y, r, c.tile(p.pattern, p.ink if tone == p.main else tint(tone, 0.6)), 0.6)
        elif tone == p.main:
            c.path(
                f"M{x - r + 2} {y - 12}Q{x} {y + 12} {x + r - 2} {y - 12}V{y + 8}Q{x} {y + 34} {x - r + 2} {y + 8}z",
                p.ink,
                opacity=0.8,
            )
        c.rect(x - 8, y - r - 10, 16, 13, c.round(p.metal, "metal"), 3)
        c.ellipse(x - r * 0.4, y - r * 0.45, r * 0.14, r * 0.22, "#fffaf0", 0.6)


def christmas_tree(c: Canvas, p: Paint) -> None:
    c.shadow(60, 1.3)
    c.rect(-11, -40, 22, 40, c.round(WOOD))
    for i in range(3):
        w, y = 88 - 22 * i, -30 - 56 * i
        c.polygon([(-w, y), (w, y), (0, y - 92)], c.round(p.main))
        if p.pattern:
            c.polygon([(-w, y), (w, y), (0, y - 92)], c.tile(p.pattern, p.ink), 0.7)
    c.path(star_path(24, 10, 5, -240), p.accent)


def bird(c: Canvas, p: Paint) -> None:
    """Bird ornaments; a pair."""
    for x, y, size, tone, flip in ((56, -6, 0.72, p.accent, -1), (-34, 0, 1.0, p.main, 1)):
        with c.group(x, y, size):
            c.shadow(50, 1)
            body = "M-84-112C-92-160-34-168-18-128C10-104 60-92 104-112C92-40 40-12 0-12C-48-12-78-56-84-112z"
            if flip < 0:
                body = "M84-112C92-160 34-168 18-128C-10-104-60-92-104-112C-92-40-40-12 0-12C48-12 78-56 84-112z"
            c.line("M-10-14V0M14-16V0", "#6b4c3a", 5)
            c.body(body, tone, pattern=p.pattern, ink=p.ink if tone == p.main else tint(tone, 0.6))
            c.path(body, c.gradient(((0.4, "#1c223600"), (1, "#1c223655")), "v"))
            wing = f"M{-10 * flip}-96C{20 * flip}-110 {70 * flip}-92 {76 * flip}-78C{50 * flip}-44 {10 * flip}-44 {-10 * flip}-96z"
            c.path(wing, mix(p.second, tone, 0.25))
            c.polygon([(-80 * flip, -138), (-104 * flip, -126), (-82 * flip, -120)], "#df9e48")
            c.circle(-60 * flip, -138, 5, "#2b2b33")


def butterfly(c: Canvas, p: Paint) -> None:
    for x, y, size, tone in ((62, -150, 0.55, p.accent), (-12, -74, 1.1, p.main)):
        with c.group(x, y, size, -12):
            for side in (-1, 1):
                d = f"M0 0C{side * 40}-84 {side * 116}-78 {side * 100}-16C{side * 96} 4 {side * 60} 14 0 6C{side * 50} 20 {side * 74} 44 {side * 54} 74C{side * 34} 92 {side * 8} 58 0 20z"
                c.wall_shadow(d, 8, 11)
                c.body(d, tone if side < 0 else shade(tone, 0.1), pattern=p.pattern, ink=p.ink)
                c.circle(side * 66, -34, 13, p.second)
                c.circle(side * 40, 46, 9, p.second)
            c.line("M0-24V62M0-24Q-8-46-20-52M0-24Q8-46 20-52", "#3a393f", 6)


def egg(c: Canvas, p: Paint) -> None:
    for x, y, turn, tone in ((-62, -8, -16, p.second), (62, -10, 14, p.accent), (0, 4, 0, p.main)):
        with c.group(x, y, 1, turn):
            c.shadow(40, 1)
            d = "M0 0C-62 0-66-62-46-104C-30-138 30-138 46-104C66-62 62 0 0 0z"
            c.path(d, c.round(tone))
            ink = p.ink if tone == p.main else tint(tone, 0.6) if tone == p.accent else p.main
            c.path(d, c.tile(p.pattern or ("dots" if tone == p.main else "stripes"), ink, 0.8), opacity=0.7)
            c.ellipse(-22, -92, 7, 16, "#fffaf0", 0.5)


def bell(c: Canvas, p: Paint) -> None:
    c.line("M0-170V-420", tint(WOOD, 0.3), 4)
    profile: Profile = [(0, 78, 1), (14, 70), (70, 52), (126, 40), (150, 12)]
    c.circle(0, 8, 16, c.round(shade(p.main, 0.2), p.solid_finish))
    c.lathe(profile, p.main, finish=p.solid_finish or "metal")
    c.band(profile, 18, 26, p.accent, 0.7)
    c.gloss(profile, 0.15, 0.85)
    c.path("M0-150C-50-194-66-144-4-146C66-144 50-194 0-150z", c.round(p.accent))


def doorstop(c: Canvas, p: Paint) -> None:
    c.cast(84)
    d = "M-84 0Q-92-4-86-20L-36-158Q0-182 36-158L86-20Q92-4 84 0z"
    c.body(d, p.main, pattern=p.pattern, ink=p.ink)
    c.path(d, c.gradient(((0.5, "#1c223600"), (1, "#1c22364d")), "d"))
    c.line("M-26-164C-24-212 24-212 26-164", p.accent, 12)
    c.line("M0-168V-6", shade(p.main, 0.3), 3, 0.4)


def letter(c: Canvas, p: Paint) -> None:
    """Standing wooden letters or blocks."""
    c.cast(116)
    for i, (x, tone) in enumerate(((-76, p.main), (0, p.accent), (74, p.second))):
        c.box(64, 88, 24, tone, x=x - 6)
        ink = tint(tone, 0.75) if tone != p.second else p.main
        with c.group(x - 6, -20):
            if i == 0:
                c.line("M-16 0V-48M16 0V-48M-16-24H16", ink, 9)
            elif i == 1:
                c.ring(0, -24, 20, ink, 9)
            else:
                c.line("M-16 0V-48L0-22L16-48V0", ink, 9)


def necklace(c: Canvas, p: Paint) -> None:
    """On a stand."""
    c.shadow(66, 1.2)
    c.path(
        "M-74 0C-70-60-30-76-27-128C-26-176-22-196 0-196C22-196 26-176 27-128C30-76 70-60 74 0z",
        c.round(mix(p.second, "#efe6da", 0.5)),
    )
    c.ellipse(0, -1, 74, 9, mix(p.second, "#cfc4b4", 0.6))
    for i in range(15):
        t = i / 14
        x, y = -34 + 68 * t, -110 + 200 * t * (1 - t)
        size = 6 + 5 * (1 - abs(2 * t - 1))
        c.circle(x, y, size, c.round(p.main if i % 2 else p.accent, "metal" if p.finish == "metal" else ""))
    c.path("M0-46C14-32 14-16 0-8C-14-16-14-32 0-46z", c.round(p.accent))
    c.circle(0, -52, 6, c.round(p.metal, "metal"))


def earrings(c: Canvas, p: Paint) -> None:
    """A pair on a card."""
    c.cast(70)
    c.rect(-62, -186, 138, 188, shade(PAPER, 0.3), 6)
    c.rect(-70, -188, 138, 188, c.flat(mix(p.second, PAPER, 0.6)), 6)
    for x in (-34, 32):
        c.ring(x, -140, 9, p.metal, 4)
        c.circle(x, -118, 12, c.round(p.accent))
        c.path(
            f"M{x}-104C{x + 26}-70 {x + 22}-40 {x}-34C{x - 22}-40 {x - 26}-70 {x}-104z", c.round(p.main, p.solid_finish)
        )
        c.ellipse(x - 8, -66, 3.5, 10, "#fffaf0", 0.6)


def bracelet(c: Canvas, p: Paint) -> None:
    """Beads on a little cushion."""
    c.cast(92)
    c.path("M-92-6Q-104-66-78-74Q0-88 78-74Q104-66 92-6Q0 10-92-6z", c.flat(mix(p.second, p.accent, 0.12)))
    for i in range(20):
        turn = i * pi / 10 - pi / 2
        x, y = 62 * cos(turn), -82 + 27 * sin(turn)
        tone = (p.main, p.accent, p.main, p.metal)[i % 4]
        c.circle(x, y, 10.5, c.gradient(((0, tint(tone, 0.5)), (0.5, tone), (1, shade(tone, 0.35))), "d"))
    with c.group(8, -34, 0.2):
        c.path(HEART_PATH, p.metal)


def ring(c: Canvas, p: Paint) -> None:
    c.cast(70)
    c.box(124, 54, 44, p.accent, x=-12)
    c.rect(-48, -92, 96, 18, shade(p.accent, 0.35), 8)
    c.ring(2, -112, 40, shade(p.metal, 0.3), 11)
    c.ring(0, -113, 40, p.metal, 7)
    c.polygon([(-26, -162), (-14, -178), (14, -178), (26, -162), (0, -138)], tint(p.main, 0.3))
    c.polygon([(-10, -162), (10, -162), (0, -138)], p.main)
    c.polygon([(10, -162), (26, -162), (0, -138)], shade(p.main, 0.25))
