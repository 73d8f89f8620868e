"""What admins set of the shop: who it is, how it looks, and what its pages say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.mail_texts import NO_TEXTS, MailTexts

# The shop's own texts, in the order of its footer. Their names are part of addresses.
CONTENT_PAGES = ("about", "contact", "shipping", "returns", "privacy", "terms")
PAGE_LENGTH = 15_000  # characters of one; in any script they fit into a request
READABLE = 4.5  # WCAG 2.2, 1.4.3: contrast of text with what is behind it
COLOUR = re.compile(r"#[0-9a-f]{6}")

TRANSFER_DAYS, DELIVERY_DAYS = 7, 14  # where admins set no others
OWN_ACCENTS = {"light": "#0f766e", "dark": "#2dd4bf"}  # where none is set (assets/10-tokens.css)
# What text in the accent stands on, by theme (assets/10-tokens.css): pages, cards, and what is raised above them.
_GROUNDS = {"light": ("#f7f5f1", "#fffefc", "#ffffff"), "dark": ("#131a22", "#18202a", "#1e2733")}
_INKS = {"light": "#ffffff", "dark": "#0f151c"}
TEXTS = {"light": "#1b1d22", "dark": "#eef2f5"}
_DEEPEST = {"light": 55, "dark": 40}  # per cent of the accent in the deepest cell of a table of heat, at the most
_SOFTEST = 14  # per cent of the accent in its pale shade, at the most


@dataclass(frozen=True)
class Shop:
    """The shop as its admins describe it. What is not set is empty.

    `accent` and `accent_dark` are colours as #rrggbb; `logo` is the file name of an uploaded picture. `pages`: those of
    `CONTENT_PAGES` that say something, as Markdown, in that order.
    """

    name: str
    legal_name: str = ""
    address: str = ""  # several lines
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    logo: str = ""
    accent: str = ""
    accent_dark: str = ""
    sender_name: str = ""
    reply_to: str = ""
    mail_footer: str = ""
    takes_cards: bool = True  # where somebody is set up who takes them
    takes_transfers: bool = False
    transfer_text: str = ""  # where the money goes, several lines
    transfer_days: int = TRANSFER_DAYS  # so long the money is waited for, with the units held
    takes_on_delivery: bool = False
    delivery_days: int = DELIVERY_DAYS
    pages: tuple[tuple[str, str], ...] = ()
    mail_texts: MailTexts = NO_TEXTS
    revision: str = ""  # another one after every change

    @property
    def seller(self) -> str:
        """Who signs what the shop sells."""
        return self.legal_name or self.name

    @property
    def address_lines(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.address.splitlines() if line.strip())

    def looks(self) -> tuple[AccentLook, ...]:
        """Of its accent in the light and in the dark theme."""
        own = OWN_ACCENTS["dark"] if not self.accent else ""
        return accent_looks(self.accent or OWN_ACCENTS["light"], self.accent_dark or own)

    @property
    def logo_path(self) -> str:
        """Where the logo is as a PNG, "" without one."""
        return f"/media/logo/{self.logo.partition('.')[0]}.png" if self.logo else ""

    @property
    def contact(self) -> tuple[str, ...]:
        return tuple(text for text in (self.email, self.phone) if text)

    @property
    def page_names(self) -> tuple[str, ...]:
        """Those that say something; the one about contact says the address, too."""
        written = dict(self.pages)
        reached = bool(self.address or self.contact)
        return tuple(name for name in CONTENT_PAGES if name in written or (name == "contact" and reached))

    @property
    def seller_lines(self) -> tuple[str, ...]:
        """Who sells, under what stands already that bears the shop's name; nothing while nothing is set."""
        own = (self.legal_name,) if self.legal_name else ()
        tax = (self.tax_number,) if self.tax_number else ()
        return (*own, *self.address_lines, *tax, *self.contact)

    def page(self, name: str) -> str:
        """The Markdown of one of its pages, "" for one that says nothing."""
        return dict(self.pages).get(name, "")


@dataclass(frozen=True)
class Shades:
    """What a theme makes of an accent: the colour, text on it, a pale ground for it, and a stronger one.

    `heat`: per cent of it in the deepest cell of a table of heat, on which a number can still be read.
    """

    accent: str
    ink: str
    soft: str
    strong: str
    heat: int


@dataclass(frozen=True)
class AccentLook:
    """An accent in a theme. `contrast`: the worst that text in it has there, and whether that can be read."""

    theme: str
    shades: Shades
    ground: str
    text: str
    contrast: float
    is_readable: bool


def accent_looks(accent: str, accent_dark: str) -> tuple[AccentLook, ...]:
    """In both themes. `accent_dark` empty: made of the other one."""
    found = []
    for theme, colour in (("light", accent), ("dark", accent_dark or for_dark(accent))):
        ratio = worst_contrast(colour, theme)
        made, ground = shades(colour, theme), _GROUNDS[theme][1]
        found.append(AccentLook(theme, made, ground, TEXTS[theme], ratio, ratio >= READABLE))
    return tuple(found)


def contrast_words(ratio: float) -> str:
    """Cut, as 4.49 is not 4.5."""
    tenths = int(ratio * 10)
    return f"{tenths // 10}.{tenths % 10}"


def contrast(one: str, other: str) -> float:
    """From 1 to 21, by WCAG's definition, of two colours as #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def worst_contrast(accent: str, theme: str) -> float:
    """Of text in the accent with whatever it stands on in the theme "light" or "dark"."""
    return min(contrast(accent, ground) for ground in _GROUNDS[theme])


def for_dark(accent: str) -> str:
    """The accent, made lighter until it can be read in the dark theme."""
    tries = (mixed(accent, "#ffffff", percent) for percent in range(0, 101, 4))
    return next(colour for colour in tries if worst_contrast(colour, "dark") >= READABLE)


def shades(accent: str, theme: str) -> Shades:
    away = "#000000" if theme == "light" else "#ffffff"
    surface = _GROUNDS[theme][1]
    pale = (mixed(surface, accent, percent) for percent in range(_SOFTEST, -1, -1))
    soft = next((colour for colour in pale if contrast(accent, colour) >= READABLE), surface)
    return Shades(accent, _INKS[theme], soft, mixed(accent, away, 24), _heat(accent, theme))


def _heat(accent: str, theme: str) -> int:
    ground, text = _GROUNDS[theme][1], TEXTS[theme]
    tries = range(_DEEPEST[theme], -1, -1)
    return next((percent for percent in tries if contrast(text, mixed(ground, accent, percent)) >= READABLE), 0)


def mixed(colour: str, other: str, percent: int) -> str:
    """So many per cent of the other one in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{(a * (100 - percent) + b * percent + 50) // 100:02x}" for a, b in pairs)


def pages_of(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """`values` by name of the page."""
    return tuple((name, values[name]) for name in CONTENT_PAGES if values.get(name))


def _luminance(colour: str) -> float:
    shares = (_linear(channel / 255) for channel in _channels(colour))
    return sum(share * weight for share, weight in zip(shares, (0.2126, 0.7152, 0.0722), strict=True))


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
