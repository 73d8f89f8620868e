"""Jinja2 as all e-mails use it: everything put into HTML is escaped, subjects stay on one line."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from app.addresses import to
from app.domain.mail_texts import NO_TEXTS, MailTexts
from app.words import language, say

SUBJECT_LENGTH = 180  # fits the mailbox's column, and no client shows more


@dataclass(frozen=True)
class Frame:
    """What stands round the words of every mail of the shop.

    `logo`: the address of a picture, "" for the shop's mark; `seller`: who sells; `foot`: the end that admins wrote;
    `texts`: what else they wrote of single mails.
    """

    logo: str = ""
    seller: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    texts: MailTexts = NO_TEXTS


PLAIN = Frame()


@functools.cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("app.mail"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # they are part of the program
    )
    made.globals.update(say=say, say_html=_say_html, paragraphs=_paragraphs)
    return made


def _paragraphs(texts: Sequence[str]) -> Markup:
    """What people wrote, as it is."""
    return Markup("").join(
        Markup('    <p dir="auto" style="margin:0 0 24px;word-break:break-word;">{}</p>\n').format(
            Markup("<br>").join(text.splitlines())
        )
        for text in texts
    )


def _say_html(text: str, **values: Markup) -> Markup:
    """With HTML in its places."""
    return escape(say(text)).format(**values)


def render(template: str, values: Mapping[str, Any], frame: Frame) -> tuple[str, str]:
    """The HTML and the text part of `template` (a name without its ending), in the language that is spoken."""
    environment, spoken = _environment(), language()
    is_rtl = spoken.direction == "rtl"
    sides = {"start": "right", "end": "left"} if is_rtl else {"start": "left", "end": "right"}
    values = {**values, "frame": frame, "lang": spoken.code, "dir": spoken.direction, "rtl": is_rtl, **sides}
    html = environment.get_template(f"{template}.html").render(values)
    text = environment.get_template(f"{template}.txt").render(values)
    foot = "\n\n".join("\n".join(lines) for lines in (frame.seller, frame.foot) if lines)
    return html, f"{text.rstrip()}\n\n-- \n{foot}\n" if foot else text


def store_link(store_name: str, base_url: str) -> Markup:
    """The shop's name, leading to its front."""
    return Markup('<a class="link" href="{}" style="color:#0f766e;">{}</a>').format(base_url + to("/"), store_name)


def subject_line(words: str) -> str:
    """One line of printable text: a newline in a product's name must not start a header of its own."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    if len(one_line) <= SUBJECT_LENGTH:
        return one_line
    return one_line[: SUBJECT_LENGTH - 1].rstrip() + "…"
