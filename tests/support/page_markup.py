"""What a page shows, read from the JSON of its layout and callbacks: tables, lists and links to files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any


@dataclass
class Shown:
    """A part of a page: table rows and list entries as texts (None for a table's head), and where its files are."""

    rows: list[list[str]] = field(default_factory=list)
    items: list[list[str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def cards(tree: Any) -> list[Shown]:
    """Every section of a layout that links to a file."""
    return [found for section in sections(tree) if (found := read(section)).files]


def read(tree: Any) -> Shown:
    reader = _Reader()
    reader.feed(markup(tree))
    reader.close()
    return reader.shown


def markup(tree: Any) -> str:
    """Components as the HTML that a browser makes of them, as far as texts, tables, lists and links go."""
    if isinstance(tree, list):
        return "".join(map(markup, tree))
    if not isinstance(tree, dict):
        return "" if tree is None else escape(str(tree))
    props = tree.get("props", {})
    href = f' href="{escape(str(props["href"]))}"' if "href" in props else ""
    tag = re.sub(r"\W", "", str(tree.get("type", "div"))).lower()
    return f"<{tag}{href}>{props.get('data-html', '')}{markup(props.get('children'))}</{tag}>"


def sections(tree: Any) -> Iterator[Any]:
    if isinstance(tree, list):
        for part in tree:
            yield from sections(part)
    elif isinstance(tree, dict):
        if tree.get("type") == "Section":
            yield tree
        else:
            yield from sections(tree.get("props", {}).get("children"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown()
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._item: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if "/admin/export/" in href and ".csv" in href:
            self.shown.files.append(href)
        if tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._cell = []
        elif tag == "li":
            self._item = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._row is not None and self._cell is not None:
            self._row.append(" ".join(self._cell))
            self._cell = None
        elif tag == "tr" and self._row is not None:
            self.shown.rows.append(self._row)
            self._row = None
        elif tag == "li" and self._item is not None:
            self.shown.items.append(self._item)
            self._item = None

    def handle_data(self, data: str) -> None:
        for texts in (self._cell, self._item):
            if texts is not None and data.strip():
                texts.append(data.strip())
