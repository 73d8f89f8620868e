"""The choice between the products of a family: links to the address of each, so that it needs no script."""

from __future__ import annotations

from dash import dcc, html

from app.addresses import product_path, to
from app.domain import Product
from app.domain.families import Choice, Family, options_words
from app.words import say


def product_options(product: Product, family: Family) -> html.Div:
    """For each option its values. Where the combination does not exist, a value leads to the nearest one that does and
    says so."""
    return html.Div(
        [
            html.Fieldset(
                [
                    html.Legend(
                        [f"{name}: ", html.Strong(dict(product.options).get(name, ""))], className="option-name"
                    ),
                    html.Ul(
                        [html.Li(_value(place, nth, choice)) for nth, choice in enumerate(choices)],
                        className="option-values",
                        role="list",
                    ),
                ],
                className="option",
            )
            for place, (name, choices) in enumerate(family.choices(product))
        ],
        className="product-options",
    )


def _value(place: int, nth: int, choice: Choice) -> dcc.Link:
    """By its id the value that was chosen keeps the keyboard's focus."""
    note = _note(choice)
    classes = ["option-value", "is-on" if choice.is_chosen else "", "is-none" if note else ""]
    said = ", ".join(filter(None, (say("chosen") if choice.is_chosen else "", note)))
    return dcc.Link(
        [html.Span(choice.value), html.Span(f" ({said})", className="visually-hidden") if said else None],
        href=to(product_path(choice.product.product_id, choice.product.name)),
        id=f"option-{place}-{nth}",
        className=" ".join(filter(None, classes)),
        title=f"{choice.value}: {note}" if note else choice.value,
    )


def _note(choice: Choice) -> str:
    if not choice.is_exact:
        return say("not in this combination, shows {product}", product=options_words(choice.product))
    return say("sold out") if choice.product.stock <= 0 else ""
