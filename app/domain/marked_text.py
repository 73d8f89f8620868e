"""Markdown as admins write it: how it is parsed, and how deep what it says lies."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

# Levels of elements in each other. Whatever makes a tree of a text goes down by calls, of which Python has a thousand.
DEEPEST = 40

# `maxNesting` bounds quotes, lists, links and pictures; emphasis it does not.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).enable(["table", "strikethrough"])


def tree_of(text: str) -> SyntaxTreeNode | None:
    """What it says, or None where it lies too deep to be shown."""
    tokens = _PARSER.parse(text)
    return SyntaxTreeNode(tokens) if _fits(tokens, 0) else None


def _fits(tokens: Iterable[Token], level: int) -> bool:
    for token in tokens:
        level += token.nesting
        if level > DEEPEST or not _fits(token.children or (), level + 1):
            return False
    return True
