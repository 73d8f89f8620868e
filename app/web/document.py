"""The documents that browsers load: one in which Dash starts at once, and one that is finished before it starts."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Sequence

from app import words
from app.addresses import to
from app.services import services
from app.web.browser_formats import formats_json
from app.web.finished import bundles, script_words
from app.web.finished.markup import CART_FORM
from app.web.found.head import LEFT_OUT
from app.words import say

_STAFF_STYLE = """<link rel="stylesheet" href="/bootstrap/static/css/bootstrap.min.css">
<link rel="stylesheet" href="/bootstrap/static/css/font/bootstrap-icons.min.css">
"""
_THEME = '\n<script src="/assets/05-theme.js"></script>'

_OURS = r'<script src="/assets/[^>]*></script>\n?'
_TABLES = r'<script src="[^"]*/(?:dash_ag_grid|dash/dash_table)/[^>]*></script>\n?'
EAGER = 4  # pictures that are in sight on any screen; those behind them come when they are near

# A script of this type is not run by browsers: assets/08-start.js makes a real one of it when Dash is to start.
LATER = "text/later"

_DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}" data-at="{at}" data-bs-theme="light">
<head>
{metas}
<meta name="shop-formats" content="{formats}">
{words}<title>{title}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/apple-touch-icon.png">
<link rel="manifest" href="/site.webmanifest">
{style}
</head>
<body>
{body}
</body>
</html>"""

_STARTING = """<div id="react-entry-point"><div class="_dash-loading" aria-busy="true">
<div class="boot-bar"></div><div class="boot-grid"><i></i><i></i><i></i><i></i></div>
<span class="visually-hidden">{loading}</span></div></div>
<div class="scripts">{config}{scripts}{renderer}</div>
<noscript><p class="noscript">{without_script}</p></noscript>"""

# The form's first button is what Enter in one of its fields would press: here nothing, and not whichever comes first.
_FINISHED = """<form id="{cart_form}" method="post" action="{changes}" hidden><button disabled></button></form>
{without_script}<div id="page-at-first">{content}</div>
<div id="react-entry-point" hidden></div>
<div class="scripts">{config}{scripts}{renderer}</div>
{early}"""


def needs_script() -> str:
    """As HTML."""
    return markup.escape(say("This page needs JavaScript. Turn it on and load the page again."))


def checkout_needs_script() -> str:
    told = say("Checkout needs JavaScript. Turn it on and load the page again; what is in your cart is kept.")
    cart = markup.escape(say("Your cart"))
    return f'{markup.escape(told)} <a href="{to("/cart")}">{cart}</a>'


def starting(
    without_script: str, *, metas: str, title: str, scripts: str, config: str, renderer: str, css: str | None
) -> str:
    """A document in which Dash starts at once. The parts are those of Dash's own document; `css` None: the shop's."""
    style = _shop_style() if css is None else f"{_STAFF_STYLE}{css}{_THEME}"
    if css is None:
        scripts = _of_shop(scripts, [bundles.early(), bundles.with_dash()])
    body = _STARTING.format(
        config=config,
        scripts=scripts,
        renderer=renderer,
        without_script=without_script,
        loading=markup.escape(say("Loading")),
    )
    return _document(body, style, metas=f"{metas}\n{LEFT_OUT}", title=title)


def finished(
    content: str,
    head: str,
    without_script: str,
    *,
    metas: str,
    title: str,
    scripts: str,
    config: str,
    renderer: str,
) -> str:
    """A document of the shop that shows `content`, a page as HTML, at once; the scripts of Dash wait.

    `head`: the page's own tags. `without_script`: what it says above all of it where none runs, "" for nothing.
    """
    body = _FINISHED.format(
        content=_with_late_pictures(content),
        cart_form=CART_FORM,
        changes=to("/cart/change"),
        without_script=f'<noscript><p class="noscript">{without_script}</p></noscript>\n' if without_script else "",
        config=config,
        scripts=_of_shop(scripts, [bundles.with_dash()]).replace("<script ", f'<script type="{LATER}" '),
        renderer=renderer.replace("application/javascript", LATER),
        early=_tag(bundles.early()),
    )
    return _document(body, _shop_style(), metas=f"{metas}\n{head}", title=title)


def _with_late_pictures(content: str) -> str:
    """A tag begins nowhere but where one was written: in texts and values its bracket is escaped."""
    pieces = content.split("<img ")
    first = "<img ".join(pieces[: EAGER + 1])
    return '<img loading="lazy" '.join([first, *pieces[EAGER + 1 :]])


def _accent_style() -> str:
    """Of an accent that admins chose, over that of the style sheet."""
    shop = services().shop
    if not shop.accent and not shop.accent_dark:
        return ""
    rules = []
    for look, where in zip(shop.looks(), (":root", '[data-bs-theme="dark"]'), strict=True):
        made = look.shades
        rules.append(
            f"{where}{{--accent:{made.accent};--accent-ink:{made.ink};--accent-soft:{made.soft};"
            f"--accent-strong:{made.strong};--focus:{made.accent};--heat-bound:{made.heat / 100:g}}}"
        )
    return f"\n<style>{''.join(rules)}</style>"


def _document(body: str, style: str, *, metas: str, title: str) -> str:
    language = words.language()
    return _DOCUMENT.format(
        lang=language.tag(services().settings.store_locale),
        direction=language.direction,
        at=language.prefix,
        words=script_words.meta(language),
        metas=metas,
        formats=markup.escape(formats_json(services().formats)),
        title=markup.escape(title),
        style=style + _accent_style(),
        body=body,
    )


def _shop_style() -> str:
    return (
        f'<link rel="preload" href="{bundles.icons().address}" as="font" type="font/woff2" crossorigin>\n'
        f'<link rel="stylesheet" href="{bundles.style().address}">\n'
        f"{_tag(bundles.theme())}"
    )


def _of_shop(scripts: str, instead: Sequence[bundles.Bundle]) -> str:
    """Those of Dash without the staff's tables and our single files, whose place the bundles take."""
    ours = re.search(_OURS, scripts)
    assert ours is not None
    with_bundles = scripts[: ours.start()] + "".join(map(_tag, instead)) + scripts[ours.start() :]
    return re.sub(_TABLES, "", re.sub(_OURS, "", with_bundles))


def _tag(script: bundles.Bundle) -> str:
    return f'<script src="{script.address}"></script>\n'
