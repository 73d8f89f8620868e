"""A readable page for errors that no page of the shop can show itself."""

from __future__ import annotations

from jinja2 import Environment

_TEMPLATE = Environment(autoescape=True).from_string(
    """<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
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
{% if number %}<p>If it happens again, tell the shop this number: <code>{{ number }}</code></p>{% endif %}
<p><a class="btn btn-primary" href="/">Back to the shop</a></p>
</main>
</body>
</html>
"""
)

_TITLES = {
    400: "That request could not be understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "There is nothing here",
    405: "That does not work here",
    409: "That is not possible any more",
    413: "That is too large",
    429: "Too many attempts",
    500: "Something broke on our side",
    503: "The shop is not available right now",
}


def render(store: str, status: int, message: str, number: str) -> str:
    """A whole HTML document; everything in it is escaped. Only failures of our own show `number`, the request's id."""
    title = _TITLES.get(status, "That did not work")
    return _TEMPLATE.render(store=store, title=title, message=message, number=number if status >= 500 else "")
