"""Baskets, boxes, trays, hooks and small furniture."""

from __future__ import annotations

from app.pictures.canvas import TILT, Canvas, Profile, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import HEART_PATH, WOOD, Paint, rounded

WICKER = "#cda771"


def basket(c: Canvas, p: Paint) -> None:
    tone = p.main if p.finish in ("weave", "wood") or p.pattern else mix(p.main, WICKER, 0.35)
    profile: Profile = [(0, 68), (16, 78), (110, 90)]
    c.shadow(84, 1.1)
    if p.has("picnic", "easter"):
        c.line("M-74-112C-78-236 78-236 74-112", shade(tone, 0.25), 12)
        c.line("M-74-112C-78-236 78-236 74-112", tone, 7)
    outline = c.lathe(profile, tone, hollow=shade(tone, 0.35), lip=7)
    c.path(outline, c.tile("weave", shade(tone, 0.42)), opacity=0.75)
    c.path(outline, c.gradient(((0.4, "#1c223600"), (1, "#1c223666"))))
    c.band(profile, 66, 90, mix(p.second if p.finish == "weave" else p.accent, tone, 0.15), 0.7)
    c.ellipse(0, -110, 90, 90 * TILT, shade(tone, 0.12))
    c.ellipse(0, -109, 82, 82 * TILT, c.inside(shade(tone, 0.2)))
    if not p.has("picnic", "easter"):
        for side in (-1, 1):
            c.line(f"M{side * 60}-102q{side * 16}-34 {side * 28} 4", shade(tone, 0.2), 9)


def box(c: Canvas, p: Paint) -> None:
    """A keepsake box with a lid."""
    c.cast(100)
    tone = p.main
    c.box(170, 78, 44, tone, x=-12)
    if p.finish == "wood":
        c.rect(-97, -78, 170, 78, c.tile("grain", shade(tone, 0.35)), opacity=0.5)
    elif p.pattern:
        c.rect(-97, -78, 170, 78, c.tile(p.pattern, p.ink), opacity=0.85)
    c.box(180, 28, 48, shade(tone, 0.04) if p.finish else mix(tone, p.second, 0.7), x=-12, y=-78)
    if p.finish == "wood":
        for x in (-62, -12, 38):
            c.path(
                f"M{x}-56C{x + 12}-48 {x + 12}-36 {x}-24C{x - 12}-36 {x - 12}-48 {x}-56z", tint(tone, 0.4), opacity=0.85
            )
    c.rect(-23, -90, 22, 24, c.round(p.metal, "metal"), 4)


def trinket_box(c: Canvas, p: Paint) -> None:
    profile: Profile = [(0, 62), (12, 74), (54, 74)]
    c.shadow(74, 1.1)
    outline = c.lathe(profile, p.main, finish=p.finish if p.finish == "glass" else p.solid_finish)
    if p.pattern:
        c.path(outline, c.tile(p.pattern, p.ink, 0.8), opacity=0.8)
    else:
        c.band(profile, 14, 24, p.ink, 0.8)
    c.gloss(profile, 0.2, 0.9)
    with c.group(0, -56):
        lid: Profile = [(0, 78, 1), (8, 78, 1), (34, 44), (42, 10)]
        c.lathe(lid, mix(p.main, p.second, 0.35), finish=p.solid_finish)
        c.gloss(lid, 0.2, 0.9)
        with c.group(0, -38, 0.22):
            c.path(HEART_PATH, p.accent)


def bin_(c: Canvas, p: Paint) -> None:
    """An enamel bread bin with a lettered band."""
    c.cast(112)
    c.box(196, 104, 46, p.main, x=-12)
    if p.pattern:
        c.rect(-110, -104, 196, 104, c.tile(p.pattern, p.ink), opacity=0.7)
    c.box(204, 30, 50, tint(p.main, 0.16), x=-12, y=-104)
    c.line("M-114-104H90", shade(p.accent, 0.1), 5)
    c.path(rounded(104, 40, 20, -12, -34), p.accent)
    c.line("M-44-54H20", tint(p.main, 0.5), 6)
    c.path("M-40-134q0-22 28-22t28 22", line=shade(p.accent, 0.15), width=8)


def lunch_box(c: Canvas, p: Paint) -> None:
    c.cast(92)
    c.box(158, 108, 34, p.main, x=-10)
    if p.pattern:
        c.rect(-89, -108, 158, 108, c.tile(p.pattern, p.ink, 1.1), opacity=0.85)
    else:
        c.path(rounded(104, 64, 10, -10, -22), p.second)
        c.circle(-10, -54, 20, p.accent)
    c.path("M-48-124q0-36 40-36t40 36", line=shade(p.accent, 0.1), width=11)
    for x in (-62, 42):
        c.rect(x - 9, -116, 18, 24, c.round(p.accent), 4)


def hamper(c: Canvas, p: Paint) -> None:
    """A tall cloth hamper with rope handles."""
    profile: Profile = [(0, 70), (10, 74), (176, 78)]
    c.shadow(74, 1.3)
    outline = c.lathe(profile, p.main, hollow=shade(p.main, 0.3), lip=4)
    if p.pattern:
        c.path(outline, c.tile(p.pattern, p.ink), opacity=0.7)
    c.band(profile, 0, 52, mix(p.accent, p.main, 0.1), 0.95)
    c.band(profile, 160, 176, shade(p.main, 0.1))
    c.ellipse(0, -176, 78, 78 * TILT, tint(p.main, 0.3))
    c.ellipse(0, -175, 73, 73 * TILT, c.inside(shade(p.main, 0.2)))
    c.line("M-30-140C-34-92 34-92 30-140", "#e6d6b4", 8)
    c.path(outline, c.gradient(((0.5, "#1c223600"), (1, "#1c223648"))))


def tray(c: Canvas, p: Paint) -> None:
    """Leaning, so that its pattern shows."""
    c.cast(104)
    is_round = p.has("round", "circular")
    d, inner = rounded(216, 146, 30), rounded(186, 118, 20, 0, -14)
    if is_round:
        d, inner = "M-95-95a95 95 0 1 1 190 0a95 95 0 1 1-190 0z", "M-80-95a80 80 0 1 1 160 0a80 80 0 1 1-160 0z"
    with c.group(6, 3):
        c.path(d, shade(p.main, 0.4))
    c.path(d, c.flat(mix(p.main, p.second, 0.3)))
    c.path(inner, c.gradient(((0, shade(p.main, 0.16)), (1, tint(p.main, 0.1))), "d"))
    if p.finish == "wood":
        c.path(inner, c.tile("grain", shade(p.main, 0.35)), opacity=0.5)
    else:
        c.path(inner, c.tile("weave" if p.finish == "weave" else p.pattern or "leaves", p.ink, 1.2), opacity=0.8)
    for x in () if is_round else (-99, 99):
        c.path(rounded(10, 44, 5, x, -52), shade(p.main, 0.5))


def hooks(c: Canvas, p: Paint) -> None:
    """A rail of hooks on the wall."""
    wood = p.main if p.finish != "metal" else WOOD
    metal = p.metal if p.finish == "metal" else "#55575e"
    d = rounded(260, 54, 10, 0, -110)
    c.wall_shadow(d)
    c.path(d, c.flat(wood))
    c.path(d, c.tile(p.pattern or "grain", p.ink if p.pattern else shade(wood, 0.35)), opacity=0.5)
    for i, x in enumerate((-92, 0, 92) if p.has("3") else (-92, -31, 31, 92)):
        c.line(f"M{x}-136V-88Q{x}-62 {x + 22}-66V-78", metal, 9)
        c.circle(x, -140, 11, c.round((p.accent, p.second)[i % 2]))
    c.path("M-92-72L-124 40Q-92 48-60 40z", c.flat(p.accent))
    c.line("M-92-72v-10", p.accent, 5)


def hook(c: Canvas, p: Paint) -> None:
    metal = p.main if p.finish == "metal" else shade(p.main, 0.05)
    plate_ = rounded(78, 150, 38, 0, -70)
    c.wall_shadow(plate_)
    c.path(plate_, c.round(metal, p.solid_finish))
    c.line("M4-110V-50C4 14 76 6 70-54", shade(metal, 0.35), 21)
    c.line("M0-112V-54C0 6 72 0 66-58", metal, 15)
    c.circle(66, -64, 16, c.round(p.second))
    for y in (-192, -92):
        c.circle(0, y, 6, shade(metal, 0.5))


def knob(c: Canvas, p: Paint) -> None:
    """Drawer knobs, mounted on a front."""
    for x, y, size, tone in ((-56, -150, 0.8, p.second), (52, -128, 0.9, p.accent), (-4, -60, 1.25, p.main)):
        with c.group(x, y, size):
            c.ellipse(12, 14, 48, 48, shade(c.ground, 0.7), 0.22)
            c.circle(0, 0, 48, c.gradient(((0, tint(tone, 0.5)), (0.5, tone), (1, shade(tone, 0.4))), "d"))
            if p.pattern and tone == p.main:
                c.circle(0, 0, 46, c.tile(p.pattern, p.ink, 0.8), 0.75)
            else:
                for i in range(8):
                    with c.group(0, 0, 1, i * 45):
                        c.path("M0-8C9-20 9-30 0-40C-9-30-9-20 0-8z", tint(tone, 0.5), opacity=0.55)
            c.circle(0, 0, 9, c.round(p.metal, "metal"))
            c.line("M-32-18A38 38 0 0 1-14-34", "#fffaf0", 5, 0.6)


def drawers(c: Canvas, p: Paint) -> None:
    """A small chest."""
    c.cast(96)
    rows, tall = 3, 58
    c.box(164, rows * tall + 12, 44, p.main, x=-12)
    for row in range(rows):
        y = -8 - row * tall
        tone = (mix(p.main, p.second, 0.55), mix(p.main, p.accent, 0.5))[row % 2]
        c.rect(-86, y - tall + 8, 148, tall - 8, c.flat(tone), 3)
        if p.pattern:
            c.rect(-86, y - tall + 8, 148, tall - 8, c.tile(p.pattern, p.ink), 3, 0.45)
        for x in (-50, 26):
            c.circle(x, y - tall / 2 + 4, 8, c.round(p.metal, "metal"))


def shelf(c: Canvas, p: Paint) -> None:
    d = "M-128-60H128V-40H-128z"
    c.wall_shadow("M-128-60H128V-24H-128z")
    for x in (-84, 84):
        c.path(f"M{x}-42V14Q{x + 4}-30 {x + 34}-42z", shade(p.main, 0.25))
    c.path(d, c.flat(p.main))
    if p.has("spice"):
        for x, spice in ((-96, "#c6463a"), (-48, "#d9a03a"), (0, "#7a5136"), (48, "#6d8f62"), (96, "#b5622f")):
            with c.group(x, -60):
                c.lathe([(0, 18), (4, 20, 1), (46, 20)], spice)
                c.band([(0, 20), (46, 20)], 14, 32, "#fbf6ea")
                c.rect(-17, -64, 34, 17, c.round(p.metal, "metal"), 3)
                c.line("M-13-42V-10", "#fffaf0", 3, 0.5)
        return
    with c.group(-64, -60, 0.62):
        c.lathe([(0, 40), (60, 62), (120, 26), (132, 30)], p.accent, hollow=shade(p.accent, 0.4))
    for x, h, tone in ((20, 96, p.second), (42, 110, p.accent), (64, 88, p.main)):
        c.rect(x - 9, -60 - h, 20, h, c.flat(tone), 2)


def coaster(c: Canvas, p: Paint) -> None:
    """A stack of coasters or tiles, one upright before them."""
    c.cast(92)
    for i in range(4):
        c.box(128, 13, 40, (p.second, p.main, p.accent, p.main)[i], x=22 - 3 * (i % 2), y=-14 * i - 14)
    with c.group(-28, 0, 1, -5):
        c.rect(-62, -130, 130, 130, shade(p.main, 0.35), 8)
        c.rect(-68, -132, 130, 130, c.flat(p.main), 8)
        medallion(c, p, -3, -67)


def medallion(c: Canvas, p: Paint, x: float, y: float) -> None:
    """A painted rosette as on a tile."""
    with c.group(x, y):
        if p.pattern in ("dots", "check", "stripes", "hearts"):
            c.rect(-62, -62, 124, 124, c.tile(p.pattern, p.ink, 1.1), 6, 0.85)
            return
        c.ring(0, 0, 54, p.ink, 3, 0.7)
        for i in range(8):
            with c.group(0, 0, 1, i * 45):
                c.path("M0-6C14-22 14-36 0-48C-14-36-14-22 0-6z", p.ink if i % 2 else p.accent)
        c.circle(0, 0, 9, p.second)
        for cx, cy in ((-62, -62), (62, -62), (-62, 62), (62, 62)):
            c.path(
                f"M{cx} {cy}L{n(cx * 0.62)} {cy}A24 24 0 0 {1 if cx * cy > 0 else 0} {cx} {n(cy * 0.62)}z",
                p.ink,
                opacity=0.7,
            )


def tile(c: Canvas, p: Paint) -> None:
    c.cast(96)
    with c.group(0, 0, 1, -3):
        c.rect(-82, -184, 178, 184, shade(p.main, 0.4), 6)
        c.rect(-92, -186, 178, 184, c.flat(p.main), 6)
        with c.group(-3, -94, 1.36):
            medallion(c, p, 0, 0)


def tiffin(c: Canvas, p: Paint) -> None:
    """Round boxes stacked in a carrying frame."""
    tone = p.metal if p.finish == "metal" else "#b8bfc5"
    c.shadow(70, 1.2)
    c.line("M-74-6V-176C-74-214-36-222 0-222C36-222 74-214 74-176V-6", shade(tone, 0.5), 9)
    for i in range(3):
        with c.group(0, -52 * i):
            profile: Profile = [(0, 62), (6, 66, 1), (46, 66, 1), (50, 69, 1), (52, 69)]
            c.lathe(profile, tone, finish="metal")
            c.gloss(profile, 0.2, 0.8)
    with c.group(0, -156):
        c.lathe([(0, 70, 1), (8, 70), (20, 50), (26, 14)], tone, finish="metal")
        c.circle(0, -32, 8, c.round(shade(tone, 0.35)))
    for x in (-74, 74):
        c.line(f"M{x}-4V-172", shade(tone, 0.3), 8)
        c.rect(x - 8, -112, 16, 30, c.round(shade(tone, 0.15), "metal"), 4)
    c.line("M-32-221H32", p.accent, 13)


def roll(c: Canvas, p: Paint) -> None:
    """Cloth rolled up and tied with a ribbon."""
    c.cast(110)
    d = "M-104 0Q-126-44-104-90H84Q112-44 84 0z"
    c.body(d, p.main, pattern=p.pattern, ink=p.ink)
    c.path(d, c.gradient(((0, "#fffaf044"), (0.45, "#1c223600"), (1, "#1c223666")), "v"))
    c.ellipse(86, -45, 22, 45, c.flat(tint(p.main, 0.25)))
    for share in (0.74, 0.5, 0.26):
        c.path(
            f"M{n(86 - 22 * share)}-45a{n(22 * share)} {n(45 * share)} 0 1 1 {n(44 * share)} 0a{n(22 * share)} {n(45 * share)} 0 1 1 {n(-44 * share)} 0z",
            line=shade(p.main, 0.35),
            width=3,
        )
    c.line("M-22 0Q-36-44-22-90", p.accent, 12)
    c.path("M-26-48C-74-92-82-20-28-46C20-92 34-26-26-48z", c.round(p.accent))
    c.line("M-28-44L-52 2M-24-44L0 0", shade(p.accent, 0.15), 8)
