"""What the head of a document tells those who show links to it: description, address, picture and data.

Names and texts come from people: nothing in them ends a tag or an element.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from app import words
from app.settings.environment import Settings

Data = dict[str, Any]

LONGEST_DESCRIPTION = 160  # characters, of which search engines show that many
# Of what search engines are to leave out.
LEFT_OUT = '<meta name="robots" content="noindex">'
# In a script element only these begin something; JSON reads them as the same characters.
_HARMLESS = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&"})


@dataclass(frozen=True)
class Head:
    """Of one page. Addresses are absolute; `data`: what it shows in schema.org's terms.

    `address` is the one that search engines keep of all that show this; "" for a page that they are to leave out.
    `is_translated`: it is another text in each language, at an address of its own.
    """

    description: str
    address: str
    image: str
    image_words: str
    kind: str = "website"  # or "product", in the terms of Open Graph
    data: Sequence[Data] = ()
    price: tuple[str, str] | None = None  # amount in major units, and currency
    is_translated: bool = True


def head_tags(head: Head, title: str, settings: Settings) -> str:
    """HTML for the head of a document."""
    pieces = [_meta("name", "description", head.description)]
    if head.address:
        pieces.append(f'<link rel="canonical" href="{escape(head.address)}">')
        pieces.append(_meta("property", "og:url", head.address))
        if head.is_translated:
            pieces += _alternates(head.address, settings.base_url)
    else:
        pieces.append(LEFT_OUT)
    graph = {
        "og:type": head.kind,
        "og:site_name": settings.store_name,
        "og:title": title,
        "og:description": head.description,
        "og:image": head.image,
        "og:image:alt": head.image_words,
        "og:locale": words.language().locale(settings.store_locale, settings.country).replace("-", "_"),
    }
    if head.price is not None:
        graph |= {"product:price:amount": head.price[0], "product:price:currency": head.price[1]}
    pieces += [_meta("property", name, value) for name, value in graph.items()]
    pieces.append(_meta("name", "twitter:card", "summary_large_image" if head.kind == "product" else "summary"))
    if head.data:
        pieces.append(f'<script type="application/ld+json">{data_text(head.data)}</script>')
    return "\n".join(pieces)


def _alternates(address: str, base: str) -> list[str]:
    """The same page in the other languages. `address` is in the one that is spoken."""
    path = address.removeprefix(base + words.language().prefix)
    return [
        f'<link rel="alternate" hreflang="{code}" href="{escape(base + prefix + path)}">'
        for code, prefix in [*((one.code, one.prefix) for one in words.LANGUAGES), ("x-default", "")]
    ]


def data_text(data: Sequence[Data]) -> str:
    """JSON-LD that can stand in a script element whatever is in it: all but ASCII is escaped too."""
    graph = {"@context": "https://schema.org", "@graph": data}
    return json.dumps(graph, separators=(",", ":")).translate(_HARMLESS)


def shortened(text: str, most: int = LONGEST_DESCRIPTION) -> str:
    """In one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{(line[:most].rpartition(' ')[0] or line[: most - 1]).rstrip(' ,;:')}…"


def _meta(kind: str, name: str, value: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(value)}">'
