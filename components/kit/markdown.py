"""Markdown as components: headings, paragraphs, lists, tables, quotes, code and links.

Nothing of the text becomes HTML by itself: what the parser finds is looked up in a table of harmless elements, tags in
the text stay text, and a link leads to the web, to a mailbox or into the shop, or is none. Pictures show their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dash import html
from markdown_it.tree import SyntaxTreeNode

from app.domain.marked_text import tree_of
from app.words import say
from components.kit.ready import ready

_LEADS = re.compile(r"https?://|mailto:|/(?![/\\])|#", re.IGNORECASE)
# The page has its title above: its own headings begin one below, whether their writer began with one # or two.
_HEADINGS = {"h1": html.H2, "h2": html.H2, "h3": html.H3, "h4": html.H4, "h5": html.H5, "h6": html.H6}
_ELEMENTS: dict[str, Callable[..., Any]] = {
    "bullet_list": html.Ul,
    "list_item": html.Li,
    "blockquote": html.Blockquote,
    "strong": html.Strong,
    "em": html.Em,
    "s": html.S,
    "thead": html.Thead,
    "tbody": html.Tbody,
    "tr": html.Tr,
    "th": html.Th,
    "td": html.Td,
}


@ready(50)
def markdown(text: str) -> list[Any]:
    """Of a text that lies too deep only that it cannot be shown: it was kept before such were refused."""
    tree = tree_of(text)
    return [html.P(say("This text cannot be shown."))] if tree is None else _within(tree)


def plain(text: str) -> str:
    """Its words in one line, without headings; none of a text that cannot be shown."""
    tree = tree_of(text)
    if tree is None:
        return ""
    blocks = (child for child in tree.walk() if child.type == "inline")
    kept = (_words(block) for block in blocks if block.parent is None or block.parent.type != "heading")
    return " ".join(" ".join(kept).split())


def _within(node: SyntaxTreeNode) -> list[Any]:
    """In one list: Dash draws none that is in another."""
    parts: list[Any] = []
    for child in node.children:
        made = _component(child)
        parts += made if isinstance(made, list) else [made]
    return parts


def _component(node: SyntaxTreeNode) -> Any:
    if node.type in _ELEMENTS:
        return _ELEMENTS[node.type](_within(node))
    made = _OTHERS.get(node.type)
    if made is not None:
        return made(node)
    return _within(node) if node.children else node.content


def _link(node: SyntaxTreeNode) -> Any:
    href = str(node.attrs.get("href", ""))
    if not _LEADS.match(href):
        return html.Span(_within(node))
    return html.A(_within(node), href=href, **({"rel": "nofollow noopener"} if "//" in href else {}))


def _ordered(node: SyntaxTreeNode) -> Any:
    start = node.attrs.get("start")
    return html.Ol(_within(node), **({"start": str(start)} if start else {}))


def _words(node: SyntaxTreeNode) -> str:
    return "".join(
        child.content if child.type in ("text", "code_inline") else _words(child) or " " for child in node.children
    )


_OTHERS: dict[str, Callable[[SyntaxTreeNode], Any]] = {
    "heading": lambda node: _HEADINGS[node.tag](_within(node)),
    "inline": _within,
    "paragraph": lambda node: _within(node) if node.hidden else html.P(_within(node)),
    "ordered_list": _ordered,
    "link": _link,
    "image": lambda node: html.Span(_words(node) or node.content),
    "code_inline": lambda node: html.Code(node.content),
    "fence": lambda node: html.Pre(html.Code(node.content)),
    "code_block": lambda node: html.Pre(html.Code(node.content)),
    "hr": lambda node: html.Hr(),
    "softbreak": lambda node: " ",
    "hardbreak": lambda node: html.Br(),
    "table": lambda node: html.Div(html.Table(_within(node), className="kit-table"), className="table-scroll"),
}
