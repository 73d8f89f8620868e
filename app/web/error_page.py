"""A readable page for errors that no page of the shop can show itself."""

from __future__ import annotations

from jinja2 import Environment

from app import words
from app.addresses import to
from app.settings.environment import Settings
from app.words import mark, say

_TEMPLATE = Environment(autoescape=True).from_string(
    """<!DOCTYPE html>
<html lang="{{ lang }}" dir="{{ direction }}" data-bs-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} · {{ store }}</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/bootstrap/static/css/bootstrap.min.css">
<link rel="stylesheet" href="/assets/10-tokens.css">
<link rel="stylesheet" href="/assets/15-bootstrap.css">
<link rel="stylesheet" href="/assets/20-kit.css">
<script src="/assets/05-theme.js"></script>
</head>
<body>
<main class="notice-page container py-5 text-center">
<h1>{{ title }}</h1>
<p>{{ message }}</p>
{% if number %}<p>{{ tell }} <code>{{ number }}</code></p>{% endif %}
<p><a class="btn btn-primary" href="{{ front }}">{{ back }}</a></p>
</main>
</body>
</html>
"""
)

_TITLES = {
    400: mark("That request could not be understood"),
    401: mark("Sign in first"),
    403: mark("Not allowed"),
    404: mark("There is nothing here"),
    405: mark("That does not work here"),
    409: mark("That is not possible any more"),
    413: mark("That is too large"),
    429: mark("Too many attempts"),
    500: mark("Something broke on our side"),
    503: mark("The shop is not available right now"),
}


def render(settings: Settings, status: int, message: str, number: str) -> str:
    """A whole HTML document; everything in it is escaped. Only failures of our own show `number`, the request's id."""
    language = words.language()
    return _TEMPLATE.render(
        lang=language.tag(settings.store_locale),
        direction=language.direction,
        store=settings.store_name,
        title=say(_TITLES.get(status, mark("That did not work"))),
        message=message,
        number=number if status >= 500 else "",
        tell=say("If it happens again, tell the shop this number:"),
        front=to("/"),
        back=say("Back to the shop"),
    )
