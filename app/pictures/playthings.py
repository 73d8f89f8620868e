"""Toys, games and small comforts."""

from __future__ import annotations

from app.pictures.canvas import Canvas, Profile, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import HEART_PATH, WOOD, Paint, rounded

FUR = "#b98b5e"
SKIN = "#e3b48f"


def bear(c: Canvas, p: Paint) -> None:
    """A soft animal; long ears make it a rabbit, a trunk an elephant."""
    tone = FUR if p.has("bear", "teddy") else p.main
    c.shadow(72, 1)
    for side in (-1, 1):
        c.ellipse(side * 46, -14, 30, 22, c.round(shade(tone, 0.08)))
        c.ellipse(side * 48, -12, 15, 11, tint(tone, 0.45))
    c.path("M-58-10C-66-84-30-104 0-104C30-104 66-84 58-10Q0 6-58-10z", c.round(tone))
    c.ellipse(0, -46, 34, 36, tint(tone, 0.4))
    for side in (-1, 1):
        with c.group(side * 52, -88, 1, side * -24):
            c.path(rounded(28, 62, 14, 0, 58), c.round(shade(tone, 0.05)))
        if p.has("rabbit", "bunny", "hare"):
            with c.group(side * 26, -176, 1, side * 12):
                c.path(rounded(32, 92, 16, 0, 14), c.round(tone))
                c.path(rounded(15, 68, 7, 0, 4), tint(tone, 0.5))
        else:
            c.circle(side * 44, -186, 23, c.round(tone))
            c.circle(side * 44, -184, 12, tint(tone, 0.45))
    c.circle(0, -146, 58, c.gradient(((0, tint(tone, 0.25)), (0.5, tone), (1, shade(tone, 0.25))), "d"))
    c.ellipse(0, -128, 26, 20, tint(tone, 0.5))
    c.ellipse(0, -138, 9, 6.5, "#3a3230")
    c.line("M0-132V-122M-9-120Q0-112 9-120", "#3a3230", 3)
    for x in (-22, 22):
        c.circle(x, -156, 5.5, "#3a3230")
    c.path("M0-96C-34-116-40-76-2-92C40-76 34-116 0-96z", c.round(p.accent))


def elephant(c: Canvas, p: Paint) -> None:
    """A wooden animal on wheels."""
    c.cast(104)
    c.line("M104-26Q150-22 160 8", tint(WOOD, 0.3), 4)
    c.circle(162, 10, 8, p.accent)
    c.path(rounded(204, 18, 9, 0, -18), c.flat(p.second if p.finish == "wood" else WOOD))
    for x in (-68, 68):
        c.circle(x, -14, 21, c.round(p.accent))
        c.circle(x, -14, 7, tint(p.accent, 0.6))
    body = "M-46-36V-74H-14V-36H-46M84-36V-96C84-156 30-166-6-160C-20-186-92-184-96-128C-98-104-100-84-112-66C-118-54-98-46-92-58C-84-74-76-86-70-96C-62-80-52-74-44-74V-36H-8V-72H40V-36z"
    c.body(body, p.main)
    if p.finish == "wood":
        c.path(body, c.tile("grain", shade(p.main, 0.35)), opacity=0.5)
    c.path("M-58-156C-20-164-10-110-40-96C-62-100-70-134-58-156z", shade(p.main, 0.2))
    c.path("M0-160C20-166 54-160 70-140L62-92H4z", p.accent)
    c.path("M0-160C20-166 54-160 70-140L62-92H4z", c.tile("stars", tint(p.accent, 0.6), 0.8), opacity=0.8)
    c.circle(-76, -140, 5, "#2b2b33")


def doll(c: Canvas, p: Paint) -> None:
    c.shadow(62, 1)
    for x in (-20, 20):
        c.path(rounded(22, 44, 9, x, 0), SKIN)
        c.path(rounded(28, 15, 7, x - 2, 1), p.accent)
    c.line("M-34-108L-74-62M34-108L74-62", SKIN, 17)
    d = "M-30-122H30L76-30Q0-14-76-30z"
    c.body(d, p.main, pattern=p.pattern or "blossom", ink=p.ink)
    c.path(d, c.gradient(((0.5, "#1c223600"), (1, "#1c22364d"))))
    c.line("M-74-34Q0-18 74-34", p.accent, 6)
    hair = "#4a3428"
    c.circle(0, -160, 48, hair)
    for side in (-1, 1):
        c.path(f"M{side * 40}-150Q{side * 74}-120 {side * 56}-78Q{side * 44}-92 {side * 38}-130z", hair)
        c.circle(side * 55, -86, 8, p.accent)
    c.circle(0, -152, 40, SKIN)
    c.path("M-40-160Q-30-196 0-196Q30-196 40-160Q14-176 0-178Q-14-176-40-160z", hair)
    for x in (-14, 14):
        c.circle(x, -150, 4, "#3a3230")
        c.circle(x * 1.7, -138, 7, "#e08a78", 0.5)
    c.line("M-8-134Q0-128 8-134", "#b5473a", 3)


def babushka(c: Canvas, p: Paint) -> None:
    """Nesting dolls."""
    for x, y, size, tone in ((72, 2, 0.62, p.accent), (-6, 0, 1.0, p.main)):
        with c.group(x, y, size):
            c.shadow(56, 1.2)
            profile: Profile = [(0, 50), (60, 66), (118, 44), (160, 44), (196, 12)]
            c.lathe(profile, tone)
            c.ellipse(0, -150, 29, 29, SKIN)
            c.path("M-29-150A29 29 0 0 1 29-150Q14-164 0-178Q-14-164-29-150z", "#5d4030")
            for e in (-11, 11):
                c.circle(e, -148, 3.5, "#3a3230")
            c.line("M-6-136Q0-131 6-136", "#b5473a", 3)
            c.ellipse(0, -62, 40, 46, mix(p.second, tone, 0.1))
            for i in range(5):
                with c.group(0, -62, 1, i * 72):
                    c.ellipse(0, -17, 9, 13, p.accent if tone == p.main else p.main)
            c.circle(0, -62, 9, "#e6b93f")
            c.gloss(profile, 0.15, 0.55)


def tops(c: Canvas, p: Paint) -> None:
    """Lacquered spinning tops."""
    for x, y, size, turn, tone in (
        (-64, -6, 0.8, -14, p.second),
        (66, -4, 0.86, 16, p.accent),
        (0, 8, 1.1, -5, p.main),
    ):
        with c.group(x, y, size):
            c.shadow(20, 2.2)
            with c.group(0, 0, 1, turn):
                profile: Profile = [(0, 2), (14, 12), (52, 52), (70, 56), (84, 40), (92, 8), (128, 7)]
                c.lathe(profile, tone)
                for low, high, ink in (
                    (52, 60, tint(tone, 0.6)),
                    (64, 69, shade(p.accent if tone != p.accent else p.main, 0.05)),
                    (26, 33, tint(tone, 0.5)),
                ):
                    c.band(profile, low, high, ink, 0.9)
                c.gloss(profile, 0.15, 0.6, strength=0.5)
                c.circle(0, -130, 10, c.round(WOOD))


def blocks(c: Canvas, p: Paint) -> None:
    c.cast(108)
    c.box(84, 80, 30, p.main, x=-58)
    c.box(84, 80, 30, p.accent, x=42)
    c.box(84, 80, 30, p.second, x=-10, y=-80)
    c.circle(-58, -40, 21, tint(p.main, 0.6))
    c.polygon([(42, -64), (18, -20), (66, -20)], tint(p.accent, 0.6))
    with c.group(-10, -94, 0.34):
        c.path(HEART_PATH, p.main)


def board_game(c: Canvas, p: Paint) -> None:
    """A board in perspective with pieces on it."""
    dark, light = (shade(p.wood, 0.35), tint(p.wood, 0.45)) if p.finish in ("wood", "") else (p.main, p.second)
    c.polygon([(-138, 14), (176, 8), (130, -106), (-96, -106)], shade(c.ground, 0.6), 0.3)
    c.polygon([(-146, 0), (146, 0), (146, 14), (-146, 14)], shade(p.wood, 0.5))
    c.polygon([(-146, 0), (146, 0), (102, -112), (-102, -112)], c.flat(p.wood))
    size = 8 if p.has("chess") else 6
    for tone, chosen in ((dark, True), (light, False)):
        squares = [
            "M" + "L".join(f"{n(x)} {n(y)}" for x, y in _corners(col, row, size)) + "z"
            for row in range(size)
            for col in range(size)
            if (row + col) % 2 == 0 and (p.has("chess") or row in (2, 3) or col in (2, 3)) is chosen
        ]
        if squares:
            c.path("".join(squares), tone)
    for col, row, tone in (
        (1.5, 0.6, p.accent),
        (2.6, 1.6, p.second),
        (size - 1.5, 1.4, p.main),
        (size - 2.6, 0.4, p.accent),
        (1.2, size - 1.3, p.main),
    ):
        x, y = _on_board(col, row, size)
        with c.group(x, y, 0.62 - 0.03 * row):
            c.shadow(22, 1.4)
            profile: Profile = [(0, 24), (8, 22), (14, 12), (52, 8), (58, 14), (62, 8)]
            c.lathe(profile, tone)
            c.circle(0, -74, 15, c.gradient(((0, tint(tone, 0.4)), (0.5, tone), (1, shade(tone, 0.35))), "d"))


def _corners(col: int, row: int, size: int) -> list[tuple[float, float]]:
    return [_on_board(col + dx, row + dy, size) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]


def _on_board(col: float, row: float, size: int) -> tuple[float, float]:
    half = 132 - 38 * row / size
    return -half + 2 * half * col / size, -6 - 100 * row / size


def skittles(c: Canvas, p: Paint) -> None:
    for x, y, tone in (
        (-70, -16, p.accent),
        (0, -20, p.main),
        (70, -16, p.second),
        (-36, 4, p.second),
        (36, 4, p.accent),
    ):
        with c.group(x, y, 0.82):
            c.shadow(22, 1.6)
            profile: Profile = [(0, 22), (50, 30), (104, 13), (126, 20), (150, 8)]
            c.lathe(profile, tone)
            c.band(profile, 84, 92, tint(tone, 0.65))
            c.gloss(profile, 0.1, 0.6)
    with c.group(96, 10):
        c.shadow(24, 1.1)
        c.circle(0, -24, 24, c.round(p.main))


def stacking_rings(c: Canvas, p: Paint) -> None:
    """A tower of wooden rings, largest below."""
    c.shadow(80, 1.1)
    c.lathe([(0, 66, 1), (12, 66)], WOOD)
    tones = (p.main, p.second, p.accent, mix(p.main, p.second, 0.5), mix(p.accent, p.second, 0.45))
    for i, tone in enumerate(tones):
        radius = 80 - 11 * i
        with c.group(0, -12 - 30 * i):
            ring: Profile = [(0, radius - 10), (8, radius - 1), (16, radius), (24, radius - 3), (31, radius - 14)]
            c.lathe(ring, tone)
            c.gloss(ring, 0.25, 0.8, width=4)
    c.circle(0, -178, 18, c.gradient(((0, tint(p.main, 0.45)), (0.5, p.main), (1, shade(p.main, 0.35))), "d"))


def kite(c: Canvas, p: Paint) -> None:
    d = "M0-232L104-128L0-12L-104-128z"
    with c.group(0, 0, 1, 8):
        c.line("M0-12C-34 12 30 26 0 52C-22 70 14 82 2 96", tint(WOOD, 0.3), 4)
        for x, y, turn in ((-3, 22, 24), (8, 46, -20), (-6, 74, 18)):
            with c.group(x, y, 1, turn):
                c.polygon([(0, 0), (-22, -11), (-22, 11)], p.accent)
                c.polygon([(0, 0), (22, -11), (22, 11)], p.second)
        c.wall_shadow(d, 12, 15)
        c.body(d, p.main, pattern=p.pattern, ink=p.ink)
        c.path("M0-232L104-128L0-128z", p.second)
        c.path("M0-128L-104-128L0-12z", p.accent)
        c.path("M0-232L104-128L0-12z", "#1c2236", opacity=0.12)
        c.line("M0-232V-12M-104-128Q0-168 104-128", tint(WOOD, 0.2), 4)


def jigsaw(c: Canvas, p: Paint) -> None:
    c.cast(96)
    piece = "M-50-50H-14C-20-64-16-74 0-74C16-74 20-64 14-50H50V-14C64-20 74-16 74 0C74 16 64 20 50 14V50H-50z"
    for x, y, turn, tone in ((48, -54, 18, p.accent), (-36, -96, -10, p.second), (-20, -52, 4, p.main)):
        with c.group(x, y, 0.95, turn):
            with c.group(5, 6):
                c.path(piece, shade(tone, 0.4))
            c.body(piece, tone, pattern=p.pattern, ink=p.ink if tone == p.main else tint(tone, 0.5))


def toadstool(c: Canvas, p: Paint) -> None:
    """A night light that glows."""
    c.shadow(58, 1.2)
    c.glow(0, -110, 128, 100, 0.2)
    c.lathe([(0, 46), (30, 40), (100, 32)], "#f8ecd4", top=False)
    cap: Profile = [(0, 90, 1), (34, 84), (74, 44), (88, 8)]
    with c.group(0, -90):
        c.ellipse(0, 0, 90, 18, "#fff0c4")
        c.lathe(cap, p.main, top=False)
        for x, y, r in ((-44, -22, 13), (6, -14, 15), (50, -26, 11), (-12, -58, 11), (26, -58, 8)):
            c.ellipse(x, y, r, r * 0.82, "#fff6e6")
        c.gloss(cap, 0.3, 0.85)
    c.path(rounded(24, 36, 12, 0, -4), shade(p.main, 0.3))
    c.circle(-12, -58, 4, "#3a3230")
    c.circle(12, -58, 4, "#3a3230")


def scales(c: Canvas, p: Paint) -> None:
    """Kitchen scales."""
    c.cast(86)
    c.path("M-84 0Q-92-8-82-30L-52-124H52L82-30Q92-8 84 0z", c.round(p.main))
    c.circle(0, -62, 44, c.round(p.metal, "metal"))
    c.circle(0, -62, 37, "#faf3e4")
    for i in range(10):
        with c.group(0, -62, 1, i * 36):
            c.line("M0-32V-26", "#3a393f", 3)
    c.line("M0-62L16-86", "#c6463a", 4)
    c.rect(-11, -142, 22, 22, c.round(p.metal, "metal"))
    with c.group(0, -138):
        c.lathe(
            [(0, 46), (12, 70), (40, 100)],
            p.metal if p.finish == "metal" else "#c3c9ce",
            finish="metal",
            hollow="#9aa2a8",
            lip=5,
        )


def beads(c: Canvas, p: Paint) -> None:
    """A fallback with dignity: simple turned shapes on a block."""
    c.cast(92)
    c.box(150, 40, 46, p.second, x=-12)
    with c.group(-40, -58):
        c.shadow(30, 0.9)
        c.lathe([(0, 32, 1), (96, 32)], p.main)
        if p.pattern:
            c.path("M-32 0A32 6 0 0 0 32 0V-96A32 6 0 0 1-32-96z", c.tile(p.pattern, p.ink, 0.8), opacity=0.7)
        c.gloss([(0, 32), (96, 32)])
    with c.group(30, -56):
        c.shadow(30, 0.9)
        c.circle(0, -36, 37, c.gradient(((0, tint(p.accent, 0.45)), (0.5, p.accent), (1, shade(p.accent, 0.35))), "d"))


def carrom(c: Canvas, p: Paint) -> None:
    """The board with its four pockets, the coins in the middle and the striker."""
    ply, edge, ink = "#e6c690", shade(WOOD, 0.45), "#5a3526"
    c.polygon([(-138, 14), (176, 8), (130, -106), (-96, -106)], shade(c.ground, 0.6), 0.3)
    c.polygon([(-146, 0), (146, 0), (146, 16), (-146, 16)], shade(edge, 0.3))
    c.polygon([(-146, 0), (146, 0), (102, -112), (-102, -112)], c.flat(edge))
    c.polygon([_on_board(x, y, 8) for x, y in ((0, 0), (8, 0), (8, 8), (0, 8))], c.flat(ply))
    for col, row in ((0.5, 0.5), (7.5, 0.5), (7.5, 7.5), (0.5, 7.5)):
        x, y = _on_board(col, row, 8)
        c.ellipse(x, y, 11 - 0.35 * row, 5.4 - 0.2 * row, "#2b2523")
    for low, high in ((1.25, 1.65), (6.35, 6.75)):
        for at in (low, high):
            for line in (((1.6, at), (6.4, at)), ((at, 1.6), (at, 6.4))):
                (x1, y1), (x2, y2) = (_on_board(col, row, 8) for col, row in line)
                c.line(f"M{n(x1)} {n(y1)}L{n(x2)} {n(y2)}", ink, 1.5)
    x, y = _on_board(4, 4, 8)
    c.path(f"M{n(x - 40)} {n(y)}a40 17 0 1 0 80 0a40 17 0 1 0-80 0z", line="#b5473a", width=2)
    coins = [
        (4 + 0.62 * dx, 4 + 0.9 * dy)
        for dx, dy in ((-0.5, 1), (0.5, 1), (-1, 0), (0, 0), (1, 0), (-0.5, -1), (0.5, -1))
    ]
    coins += [(2.1, 2.6), (5.9, 5.4)]
    tones = ("#2f2a2a", "#f3e6c8", "#f3e6c8", "#c6463a", "#2f2a2a", "#2f2a2a", "#f3e6c8", "#f3e6c8", "#2f2a2a")
    for (col, row), tone in zip(coins, tones, strict=True):
        x, y = _on_board(col, row, 8)
        with c.group(x, y, 0.92 - 0.03 * row):
            c.ellipse(3, 3, 12, 5.6, shade(ply, 0.55), 0.5)
            c.ellipse(0, 0, 12, 5.6, shade(tone, 0.3))
            c.ellipse(0, -3.5, 12, 5.6, tint(tone, 0.12))
            c.ellipse(0, -3.5, 6.5, 2.8, shade(tone, 0.12))
    x, y = _on_board(4.6, 1.45, 8)
    c.ellipse(x + 3, y + 3, 17, 8, shade(ply, 0.55), 0.5)
    c.ellipse(x, y, 17, 8, shade(p.accent, 0.35))
    c.ellipse(x, y - 5, 17, 8, p.accent)
    c.ellipse(x, y - 5, 9, 4, tint(p.accent, 0.6))
