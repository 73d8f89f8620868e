"""The account page about signing in: password, second factor, sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from dash import html

from app.domain import Session, User, browser_words
from app.words import say, say_many
from components.account.profile import Ids, disclosure, section
from components.kit.forms import (
    TAKES_FOCUS,
    alert,
    code_field,
    new_password_field,
    password_field,
    plain_form,
    submit_button,
    username,
)
from components.kit.ui import badge, icon

FEW_CODES = 3  # recovery codes left at which to say so


def must_set_up() -> html.Div:
    """For staff who may not do their work yet."""
    return alert(
        "warn",
        [
            html.Strong(say("Set up the second factor first.")),
            " ",
            say(
                "This shop asks its staff for a code from an authenticator app at every sign-in. "
                "Until yours is set up below, the staff pages stay closed; you need a phone with such an app at hand."
            ),
        ],
    )


def set_up() -> html.Div:
    """For staff who had to, and now have."""
    return alert(
        "good",
        [
            html.Strong(say("The second factor is set up.")),
            " ",
            # A whole load: the frame of this page still knows somebody who may not work.
            html.A(say("Go to the staff pages"), href="/admin"),
        ],
    )


def password_section(ids: Ids, user: User) -> html.Section:
    form = plain_form(
        [
            username(user.email or ""),
            password_field(ids("current"), say("Current password"), autocomplete="current-password"),
            new_password_field(ids("new"), say("New password")),
            html.Div(id=ids("password-problem"), role="alert"),
            submit_button(ids("change-password"), say("Change password")),
        ]
    )
    return section(say("Password"), say("A new one signs you out everywhere else."), form)


# --- second factor ---------------------------------------------------------------------------------------


def factor_section(ids: Ids, body: Any) -> html.Section:
    return section(
        say("Second factor"),
        say(
            "A code from an app on your phone, besides the password: "
            "someone who learns the password alone cannot sign in."
        ),
        body,
        id_=ids("factor"),
    )


def factor_off(ids: Ids, email: str) -> list[Any]:
    """The password is asked for: whoever finds a browser signed in must not lock its owner out."""
    return [
        html.P([badge(say("Off")), say("The password alone signs you in.")], className="account-fact"),
        _factor_password(ids, email, "begin", say("Set up"), say("Have your phone at hand.")),
    ]


def factor_setup(ids: Ids, *, qr: str, secret: str, uri: str) -> list[Any]:
    """Scan, or type the secret, then prove it with a code."""
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    by_hand = html.Div(
        [
            html.Span(say("Or type this key into the app:")),
            html.Div(
                [
                    html.Code(shown, id=ids("secret"), className="secret-text"),
                    copy_button(ids("secret"), say("Copy the key"), squeeze=True),
                ],
                className="copy-row",
            ),
            html.A(say("Open the app on this device"), href=uri, className="only-touch"),
        ],
        className="setup-hand",
    )
    return [
        html.Ol(
            [
                html.Li(
                    [
                        html.P(
                            say("Scan this with an authenticator app, such as Aegis, 2FAS or your password manager.")
                        ),
                        html.Div(
                            [
                                html.Img(src=qr, alt=say("QR code for the authenticator app"), className="setup-qr"),
                                by_hand,
                            ],
                            className="setup-scan",
                        ),
                    ]
                ),
                html.Li(
                    plain_form(
                        [
                            code_field(
                                ids("code"), say("Type the six digits that the app shows now"), digits_only=True
                            ),
                            html.Div(id=ids("code-problem"), role="alert"),
                            html.Div(
                                [
                                    submit_button(ids("enable"), say("Turn on")),
                                    html.Button(
                                        say("Not now"), id=ids("leave-setup"), type="button", n_clicks=0,
                                        className="btn btn-quiet",
                                    ),
                                ],
                                className="button-row",
                            ),
                        ]
                    )
                ),
            ],
            className="setup-steps",
        )
    ]  # fmt: skip


def recovery_codes(ids: Ids, codes: Sequence[str], store_name: str, email: str) -> list[Any]:
    """Shown once: the only way in when the phone is lost."""
    return [
        html.Div(
            [
                html.H3(say("Your recovery codes"), className="codes-title", **TAKES_FOCUS),
                html.P(
                    say(
                        "Keep them apart from your phone: in a password manager, or on paper. "
                        "Each one signs you in once when the phone is lost. They are shown only now."
                    )
                ),
                html.P(f"{store_name}, {email}", className="codes-whose"),
                html.Pre("\n".join(codes), id=ids("codes"), className="codes", **{"aria-label": say("Recovery codes")}),
                html.Div(
                    [
                        copy_button(ids("codes"), say("Copy"), large=True),
                        html.Button(
                            [icon("printer"), say("Print")],
                            type="button",
                            className="btn btn-quiet",
                            **{"data-print": "on"},
                        ),
                        html.Button(
                            say("I have saved them"),
                            id=ids("codes-kept"),
                            type="button",
                            n_clicks=0,
                            className="btn btn-primary",
                        ),
                    ],
                    className="button-row no-print",
                ),
            ],
            className="codes-card",
            role="status",
        )
    ]


def factor_on(ids: Ids, email: str, *, since_words: str, left: int, required: bool) -> list[Any]:
    when = say("Since {since_words}", since_words=since_words) if since_words else ""
    left_words = say_many("{count} recovery code left", "{count} recovery codes left", left)
    few = say("{left_words}. Make new ones before the last is gone.", left_words=left_words)
    renew = _factor_password(ids, email, "new-codes", say("Make new codes"), say("The old codes stop working."))
    return [
        html.P(
            [badge(say("On"), "good", "check"), html.Span(when, className="muted")],
            className="account-fact",
        ),
        alert("warn", few) if left <= FEW_CODES else html.P(f"{left_words}.", className="hint"),
        html.Div(
            [
                disclosure(say("New recovery codes"), renew),
                html.P(say("It cannot be turned off: this shop asks its staff for it."), className="hint")
                if required
                else disclosure(say("Turn off"), _turn_off(ids, email), danger=True),
            ],
            className="disclosures",
        ),
    ]


def _turn_off(ids: Ids, email: str) -> html.Form:
    lead = say("From then on the password alone signs you in.")
    return _factor_password(ids, email, "turn-off", say("Turn the second factor off"), lead, danger=True)


def _factor_password(ids: Ids, email: str, part: str, words: str, lead: str, *, danger: bool = False) -> html.Form:
    return plain_form(
        [
            html.P(lead, className="hint"),
            username(email),
            password_field(ids(f"{part}-password"), say("Current password"), autocomplete="current-password"),
            html.Div(id=ids(f"{part}-problem"), role="alert"),
            submit_button(ids(part), words, tone="danger" if danger else "primary"),
        ]
    )


# --- sessions ----------------------------------------------------------------------------------------------


def sessions_section(ids: Ids, rows: Any, longest: str) -> html.Section:
    """`longest`: after how long the account's sessions end by themselves."""
    return section(
        say("Where you are signed in"),
        say("On a lost phone, or at a computer that others use? Sign out there from here."),
        [
            html.Div(rows, id=ids("sessions")),
            html.P(
                say("Every sign-in ends by itself after {longest} at the latest.", longest=longest), className="hint"
            ),
            html.Button(
                say("Sign out everywhere else"), id=ids("sign-out-others"), type="button", n_clicks=0,
                className="btn btn-quiet",
            ),
        ],
    )  # fmt: skip


def session_rows(
    sessions: Sequence[Session],
    here: int,
    item: Callable[[str, Any], dict[str, Any]],
    moment: Callable[[datetime], str],
) -> html.Ul:
    """`here`: the id of the session that asks. `moment`: words for a time."""
    rows = [_session(one, one.session_id == here, item, moment) for one in sessions]
    return html.Ul(rows, className="token-list", role="list")


def _session(
    session: Session, is_here: bool, item: Callable[[str, Any], dict[str, Any]], moment: Callable[[datetime], str]
) -> html.Li:
    words = say(browser_words(session.agent))
    facts = (
        say("From {address}", address=session.address) if session.address else "",
        say("signed in {created_at}", created_at=moment(session.created_at)),
        say("in use now") if is_here else say("last seen {seen_at}", seen_at=moment(session.seen_at)),
    )
    end = html.Button(
        say("Sign out"),
        id=item("end-session", session.session_id),
        type="button",
        n_clicks=0,
        className="btn btn-danger-quiet btn-sm",
        **{"aria-label": say("Sign out {words}, {value}", words=words, value=facts[1])},
    )
    return html.Li(
        [
            html.Div(
                [
                    html.Div(
                        [html.Strong(words), badge(say("This device"), "good", "check") if is_here else None],
                        className="token-name",
                        title=session.agent or None,
                    ),
                    html.Div(" · ".join(one for one in facts if one), className="token-facts"),
                ]
            ),
            None if is_here else end,
        ]
    )


def copy_button(target: str, words: str, *, squeeze: bool = False, large: bool = False) -> html.Button:
    """Copies the text of `target` (assets/32-account.js); `squeeze`: without the spaces it is shown with."""
    return html.Button(
        [icon("copy"), html.Span(say("Copy") if not large else words)],
        type="button",
        className=f"btn btn-quiet{'' if large else ' btn-sm'}",
        **{"data-copy": target, "data-copy-squeeze": "on" if squeeze else "off", "aria-label": words},
    )
