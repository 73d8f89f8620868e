"""The documents that browsers load: one in which Dash starts at once, and one that is finished before it starts."""

from __future__ import annotations

import html as markup
import re

from app.services import services
from app.web.browser_formats import formats_json
from app.web.finished.markup import CART_FORM

BOOTSTRAP = "/bootstrap/static/css/bootstrap.min.css"
ICONS = "/bootstrap/static/css/font/bootstrap-icons.min.css"

# A script of this type is not run by browsers: assets/08-start.js makes a real one of it when Dash is to start.
LATER = "text/later"

_DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}" data-bs-theme="light">
<head>
{metas}
<meta name="shop-formats" content="{formats}">
<title>{title}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{bootstrap}">
<link rel="stylesheet" href="{icons}">
{css}
<script src="/assets/05-theme.js"></script>
</head>
<body>
{body}
</body>
</html>"""

_STARTING = """<div id="react-entry-point"><div class="_dash-loading" aria-busy="true">
<div class="boot-bar"></div><div class="boot-grid"><i></i><i></i><i></i><i></i></div>
<span class="visually-hidden">Loading</span></div></div>
<div class="scripts">{config}{scripts}{renderer}</div>
<noscript><p class="noscript">{without_script}</p></noscript>"""

_FINISHED = """<div id="page-at-first">{content}</div>
<form id="{cart_form}" method="post" action="/cart/change" hidden></form>
<div id="react-entry-point" hidden></div>
<div class="scripts">{config}{scripts}{renderer}</div>
<script src="/assets/23-places.js"></script>
<script src="/assets/26-chips.js"></script>
<script src="/assets/27-choices.js"></script>
<script src="/assets/08-start.js"></script>"""

NEEDS_SCRIPT = "This page needs JavaScript. Turn it on and load the page again."
CHECKOUT_NEEDS_SCRIPT = (
    'Checkout needs JavaScript. Turn it on and load the page again; what is in <a href="/cart">your cart</a> is kept.'
)


def starting(lang: str, *, is_checkout: bool, config: str, scripts: str, renderer: str, **head: str) -> str:
    """A document in which Dash starts at once. The parts are those of Dash's own document."""
    without_script = CHECKOUT_NEEDS_SCRIPT if is_checkout else NEEDS_SCRIPT
    body = _STARTING.format(config=config, scripts=scripts, renderer=renderer, without_script=without_script)
    return _document(lang, body, **head)


def finished(lang: str, content: str, *, config: str, scripts: str, renderer: str, **head: str) -> str:
    """A document that shows `content`, a page as HTML, at once; its scripts wait."""
    body = _FINISHED.format(
        content=content,
        cart_form=CART_FORM,
        config=config,
        scripts=_later(scripts),
        renderer=renderer.replace("application/javascript", LATER),
    )
    return _document(lang, body, **head)


def _document(lang: str, body: str, *, metas: str, title: str, css: str) -> str:
    return _DOCUMENT.format(
        lang=lang,
        metas=metas,
        formats=markup.escape(formats_json(services().formats)),
        title=markup.escape(title),
        bootstrap=BOOTSTRAP,
        icons=ICONS,
        css=css,
        body=body,
    )


def _later(scripts: str) -> str:
    """Those of Dash, without what the document loads itself."""
    waiting = scripts.replace("<script ", f'<script type="{LATER}" ')
    return re.sub(r'<script [^>]*src="/assets/(?:23-places|26-chips|27-choices)\.js[^>]*></script>\n?', "", waiting)
