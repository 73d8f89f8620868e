"""What a screen shows that is not paired yet: a code, and where to enter it. assets/74-wall-pairing.js fills it."""

from __future__ import annotations

from dash import dcc, html


def pairing(store_name: str, entry_url: str, next_url: str) -> html.Div:
    """`entry_url`: where the code is entered, as people type it; `next_url`: the sign-in that leads back here."""
    return html.Div(
        [
            html.H1(store_name, className="wall-store"),
            html.Div(
                [
                    html.Div(
                        [
                            html.P("To show the wall on this screen, enter this code", className="pair-words"),
                            html.Output(
                                "\u2007" * 6,
                                id="pairing-code",
                                className="pair-code",
                                **{"aria-live": "polite", "aria-label": ""},
                            ),
                            html.P(["at ", html.Strong(entry_url)], className="pair-words pair-address"),
                            html.P(id="pairing-state", className="pair-state", role="status"),
                        ],
                        className="pair-code-box",
                    ),
                    html.Div(
                        [
                            html.Img(id="pairing-qr", className="pair-qr", alt="QR code of the page that pairs it"),
                            html.P("or scan this with your phone", className="pair-words"),
                        ],
                        className="pair-qr-box",
                    ),
                ],
                className="pair-box",
            ),
            html.P(
                [
                    "Or ",
                    dcc.Link("sign in on this device", href=next_url, className="pair-link"),
                    " to look for yourself.",
                ],
                className="pair-foot",
            ),
        ],
        id="pairing",
        className="wall wall-pairing",
        **{"data-bs-theme": "dark"},
    )
