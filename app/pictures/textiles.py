"""Cloth: cushions, towels, rugs, aprons and bags."""

from __future__ import annotations

from app.pictures.canvas import Canvas, n
from app.pictures.colours import mix, shade, tint
from app.pictures.paint import WOOD, Paint, rounded

SOFT = ((0.55, "#1c223600"), (1, "#1c22364d"))


def _cloth(c: Canvas, d: str, p: Paint, tone: str, ink: str = "", size: float = 1) -> None:
    c.body(d, tone, pattern=p.pattern, ink=ink or p.ink, size=size)
    c.path(d, c.gradient(SOFT, "d"))


def cushion(c: Canvas, p: Paint) -> None:
    c.cast(92)
    pillow = (
        "M-96-4Q-84-96-98-186Q-100-200-84-197Q0-184 86-197Q100-199 97-186Q84-96 97-6Q100 6 86 3Q0-8-84 4Q-99 6-96-4z"
    )
    if c.rng.random() < 0.45:
        with c.group(30, -6, 0.92, 8):
            c.path(pillow, c.flat(mix(p.accent, p.main, 0.25)))
            c.path(pillow, c.gradient(SOFT, "d"))
    with c.group(-6, 0, 1, c.rng.choice((-4, 0, 3))):
        _cloth(c, pillow, p, p.main)
        c.line("M-84-186Q0-172 84-186M-84-8Q0-20 84-8", shade(p.main, 0.25), 2, 0.5)
        c.line("M-88-176Q-78-120-80-74", tint(p.main, 0.7), 5, 0.35)
        if not p.pattern:
            c.line("M-60-150L60-40M60-150L-60-40", p.ink, 5, 0.65)
        if p.has("tassel", "throw", "fringe"):
            for x, y in ((-90, 2), (90, 2)):
                c.line(f"M{x} {y}l-5 20M{x} {y}l5 20M{x} {y}v22", p.second, 3.5)


def folded(c: Canvas, p: Paint) -> None:
    """Folded cloth in a stack: towels, throws, napkins, fabric."""
    many = 3 if p.has("set", "towel", "towels", "napkin", "napkins") or c.rng.random() < 0.4 else 2
    c.cast(100)
    for i in range(many):
        tone = (p.main, p.second, tint(p.main, 0.16))[i]
        width, tall = 196 - 8 * i, 150 / many
        y = -i * tall
        d = rounded(width, tall - 2, tall * 0.42, 3 * (i % 2) - 2, y)
        c.path(d, c.flat(tone))
        if p.pattern and i != 1:
            c.path(d, c.tile(p.pattern, p.ink, 0.9), opacity=0.8)
        elif i == 1 or not p.pattern:
            c.line(f"M{n(width / 2 - 48)} {n(y - 3)}v{n(-tall + 8)}m10 0v{n(tall - 8)}", mix(p.ink, tone, 0.15), 4, 0.8)
        c.path(d, c.gradient(SOFT, "d"))
        c.line(f"M{n(-width / 2 + 20)} {n(y - tall / 2)}H{n(width / 2 - 12)}", shade(tone, 0.3), 2, 0.55)
    if p.has("throw", "blanket", "kantha", "quilt"):
        top = -many * 150 / many
        for x in range(-84, -8, 12):
            c.line(f"M{x} {n(top + 148 / many)}v16", shade(p.main, 0.1), 4)


def hanging_towel(c: Canvas, p: Paint) -> None:
    """Over a peg or rail on the wall; the rail is at y = -210."""
    d = "M-78-212H78V-6Q40-1 0-6Q-40-11-78-4z"
    c.wall_shadow(d, 11, 13)
    _cloth(c, d, p, p.main)
    for y in (-60, -46, -26):
        c.line(f"M-78 {y}Q-40 {y - 6} 0 {y - 2}Q40 {y + 3} 78 {y - 2}", p.ink, 5 if y != -46 else 9, 0.85)
    c.line("M-30-206V-14M34-206V-10", shade(p.main, 0.3), 3, 0.22)
    c.line("M-112-212H112", shade(WOOD, 0.3), 13)
    c.line("M-112-214H112", WOOD, 8)
    for x in (-112, 112):
        c.circle(x, -213, 9, c.round(p.metal, "metal"))


def rug(c: Canvas, p: Paint) -> None:
    """Lies on the floor towards us, one end rolled up."""
    with c.group(0, 0):
        flat = "M-70-118H128L150 0H-150z"
        c.polygon([(-146, 6), (168, 6), (132, -112), (-60, -112)], shade(c.ground, 0.5), 0.3)
        c.path(flat, c.flat(p.main))
        c.path(flat, c.tile(p.pattern or "herringbone", p.ink, 1.1), opacity=0.8)
        c.path("M-140-8H140L136-24H-132zM-78-104H120L118-92H-84z", p.accent, opacity=0.9)
        for x in range(-144, 150, 12):
            c.line(f"M{x} 0l-3 12", tint(p.main, 0.45), 3)
        c.path(
            "M-100-150H112a26 26 0 0 1 0 52H-100z",
            c.gradient(((0, tint(p.main, 0.2)), (0.5, p.main), (1, shade(p.main, 0.35))), "v"),
        )
        c.path("M-100-150H112a26 26 0 0 1 0 52H-100z", c.tile(p.pattern or "herringbone", p.ink, 1.1), opacity=0.45)
        c.circle(-100, -124, 26, shade(p.main, 0.1))
        for r in (20, 13, 6):
            c.ring(-100, -124, r, tint(p.main, 0.45), 2.5)


def doormat(c: Canvas, p: Paint) -> None:
    """Seen from above as one stands before it."""
    c.polygon([(-142, 10), (166, 8), (140, -104), (-112, -104)], shade(c.ground, 0.55), 0.3)
    outer = "M-112-112H124L150 0H-146z"
    c.path(outer, c.flat("#b98d5c" if p.finish == "" and not p.pattern else p.main))
    c.path(outer, c.tile("fine", "#8a6238", 0.7), opacity=0.4)
    c.path("M-104-102H116L136-12H-131z", line=p.accent, width=6)
    if p.pattern:
        c.path("M-96-94H107L123-22H-118z", c.tile(p.pattern, p.ink, 1.2), opacity=0.9)
    else:
        with c.group(2, -28, 0.5):
            c.path("M0 0C-40-26-78-50-78-86C-78-116-20-122 0-92C20-122 78-116 78-86C78-50 40-26 0 0z", p.accent)


def apron(c: Canvas, p: Paint) -> None:
    """Hangs from a hook on the wall at y = -260."""
    c.line("M-34-196C-34-262 34-262 34-196", shade(p.main, 0.3), 7)
    c.line("M-70-118Q-112-104-104-40M70-118Q110-96 106-52", shade(p.main, 0.25), 6)
    d = "M-42-204Q0-194 42-204Q46-150 78-124L84 0Q0 12-84 0L-78-124Q-46-150-42-204z"
    c.wall_shadow(d, 11, 13)
    _cloth(c, d, p, p.main)
    c.path(
        "M-46-84H46V-34Q46-24 36-24H-36Q-46-24-46-34z", c.flat(p.second if p.pattern else mix(p.main, p.second, 0.3))
    )
    c.line("M-46-80H46", p.accent, 5)
    c.circle(0, -248, 8, c.round(p.metal, "metal"))


def glove(c: Canvas, p: Paint) -> None:
    c.cast(60)
    d = "M-52 0L-56-96C-60-196 44-204 50-112L52-104C70-140 100-124 88-92C78-62 62-50 56-36L52 0z"
    _cloth(c, d, p, p.main)
    c.path("M-54-26H55L54 0H-52z", p.second)
    c.line("M-54-26H55", p.accent, 4)
    c.line("M52-102Q50-74 40-62", shade(p.main, 0.35), 4, 0.6)


def hot_water_bottle(c: Canvas, p: Paint) -> None:
    c.cast(66)
    c.rect(-20, -204, 40, 40, c.round(p.accent), 8)
    c.rect(-26, -212, 52, 18, c.round(shade(p.accent, 0.15)), 8)
    d = "M-62 0Q-80 0-78-24L-74-116Q-72-148-38-156V-178H38V-156Q72-148 74-116L78-24Q80 0 62 0z"
    _cloth(c, d, p, p.main)
    c.path("M-42-178H42V-158H-42z", p.second)
    if not p.pattern:
        with c.group(0, -46, 0.5):
            c.path("M0 0C-40-26-78-50-78-86C-78-116-20-122 0-92C20-122 78-116 78-86C78-50 40-26 0 0z", p.ink)
    c.line("M-62-110Q-68-60-66-24", tint(p.main, 0.7), 5, 0.4)


def tote(c: Canvas, p: Paint) -> None:
    """A bag with two handles."""
    c.cast(92)
    c.line("M-40-150C-42-236 42-236 40-150", shade(p.accent, 0.25), 10)
    wide = 1.14 if p.has("jumbo", "laundry", "storage", "beach") else 1
    with c.group(0, 0, 1):
        w = 84 * wide
        d = f"M{n(-w)}-160H{n(w)}L{n(w + 8)}-12Q{n(w + 8)} 0 {n(w - 6)} 0H{n(-w + 6)}Q{n(-w - 8)} 0 {n(-w - 8)}-12z"
        c.polygon([(w, -160), (w + 20, -150), (w + 24, -16), (w + 6, -4)], shade(p.main, 0.42))
        _cloth(c, d, p, p.main, size=1.15)
        c.line(f"M{n(-w)}-152H{n(w)}", shade(p.main, 0.2), 3, 0.6)
        if not p.pattern:
            c.circle(0, -76, 36, p.ink, 0.9)
            c.circle(12, -84, 30, mix(p.main, p.ink, 0.1))
    c.line("M-40-132V-160C-42-222 42-222 40-160V-132", p.accent, 10)


def lunch_bag(c: Canvas, p: Paint) -> None:
    c.cast(74)
    c.polygon([(66, 0), (84, -14), (78, -150), (60, -158)], shade(p.main, 0.42))
    d = "M-66 0L-60-162H60L66 0z"
    _cloth(c, d, p, p.main)
    c.path("M-62-150H62L60-206Q0-198-60-206z", c.flat(p.second if p.pattern else shade(p.main, 0.08)))
    c.line("M-30-204C-30-250 30-250 30-204", p.accent, 9)
    c.rect(-13, -162, 26, 22, c.round(p.accent), 5)


def handbag(c: Canvas, p: Paint) -> None:
    c.cast(92)
    c.line("M-54-112C-54-224 54-224 54-112", shade(p.accent, 0.1), 9)
    d = "M-84-122H84L100-16Q102 0 84 0H-84Q-102 0-100-16z"
    _cloth(c, d, p, p.main)
    c.path("M-86-124H86L76-62Q0-36-76-62z", c.flat(shade(p.main, 0.14)))
    c.circle(0, -56, 9, c.round(p.metal, "metal"))


def purse(c: Canvas, p: Paint) -> None:
    c.cast(78)
    d = "M-70-92C-110-44-88 0-40 0H40C88 0 110-44 70-92z"
    _cloth(c, d, p, p.main)
    c.path("M-74-90Q0-122 74-90L70-78Q0-106-70-78z", c.round(p.metal, "metal"))
    for x in (-8, 8):
        c.circle(x, -116, 9, c.round(p.metal, "metal"))


def umbrella(c: Canvas, p: Paint) -> None:
    """Open, resting on its edge."""
    c.shadow(96, 0.6)
    with c.group(0, -44, 1, 14):
        c.line("M0-110V22C0 48 34 48 34 24", WOOD, 9)
        panels = (
            "M-120-52Q-96-170 0-178Q-74-120-62-56Q-92-72-120-52z",
            "M-62-56Q-74-120 0-178Q74-120 62-56Q30-74 0-58Q-30-74-62-56z",
            "M62-56Q74-120 0-178Q96-170 120-52Q92-72 62-56z",
        )
        for d, tone in zip(panels, (tint(p.main, 0.16), p.main, shade(p.main, 0.22)), strict=True):
            c.path(d, tone)
            if p.pattern:
                c.path(d, c.tile(p.pattern, p.ink), opacity=0.8)
        if not p.pattern:
            c.path(panels[0], p.second, opacity=0.85)
            c.path(panels[2], shade(p.second, 0.2), opacity=0.85)
        c.line("M0-178v-16", p.accent, 6)


def ribbon(c: Canvas, p: Paint) -> None:
    """Spools of ribbon, twine or thread."""
    for x, y, tone, size in ((-58, -6, p.second, 0.9), (52, -10, p.accent, 0.8), (0, 6, p.main, 1.1)):
        with c.group(x, y, size):
            c.shadow(46, 1)
            c.lathe([(0, 46, 1), (9, 46)], WOOD)
            with c.group(0, -9):
                drum = c.lathe([(0, 36), (34, 40), (64, 36)], tone, top=False)
                c.path(drum, c.tile("stripes", shade(tone, 0.25), 0.45), opacity=0.45)
                with c.group(0, -62):
                    c.lathe([(0, 46, 1), (9, 46)], WOOD, hollow="#6b4c3a", lip=36)
    c.path("M28-30Q96-16 84 16Q120 10 132 22", line=p.main, width=11)


def scarf(c: Canvas, p: Paint) -> None:
    d = "M-60-214Q-20-226-6-206L-2-16H-70z"
    e = "M2-206Q20-226 62-214L74-44H8z"
    for part in (d, e):
        c.wall_shadow(part)
    _cloth(c, e, p, shade(p.main, 0.08))
    _cloth(c, d, p, p.main)
    for x in range(-66, 0, 9):
        c.line(f"M{x}-16v18", p.main, 4)
    for x in range(12, 76, 9):
        c.line(f"M{x}-44v18", shade(p.main, 0.1), 4)
    c.line("M-96-214H98", WOOD, 11)


def tea_cosy(c: Canvas, p: Paint) -> None:
    c.cast(90)
    d = "M-94 0C-104-120-46-160 0-160C46-160 104-120 94 0z"
    _cloth(c, d, p, p.main)
    c.path("M-95-24H95L94 0H-94z", p.second)
    c.line("M0-158V-24", shade(p.main, 0.3), 3, 0.35)
    c.circle(0, -166, 15, c.round(p.accent))
