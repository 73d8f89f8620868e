"""Who works here: the table, the panel of one person, and the two ways to get somebody onto the staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import AuditEntry, Role, User, loses_rights
from app.money import Formats
from components.admin.shell import ROLE_WORDS
from components.kit.forms import plain_form, select_field, submit_button, text_field
from components.kit.ui import badge, card, facts, spoken, table

ROLE_HINTS = {
    Role.OPS: "The wall and the overview, read-only.",
    Role.FULFILMENT: "Orders, receiving and counting stock; no reports and no refunds.",
    Role.ANALYST: "All analytics, read-only; customers by name only.",
    Role.ADMIN: "Everything: products, orders, customers and staff.",
    Role.CUSTOMER: "The shop only: leaves the staff.",
}
STAFF_ROLES = (Role.OPS, Role.FULFILMENT, Role.ANALYST, Role.ADMIN)
ROLE_CHOICES = [(role.value, ROLE_WORDS[role]) for role in STAFF_ROLES]


@dataclass(frozen=True)
class Member:
    """A row of the table. `keeps_admin`: the last admin who can sign in."""

    user: User
    is_you: bool
    keeps_admin: bool
    invited_until: datetime | None = None
    last: AuditEntry | None = None


@dataclass(frozen=True)
class Question:
    """What is asked before something is done to a person."""

    title: str
    words: str
    yes: str


# Per action what the panel offers: title, words, button.
_OFFERS = {
    "invite": ("Send the invitation again", "A new link by e-mail; the earlier ones work until one is used.", "Send"),
    "sessions": ("Sign out everywhere", "Ends every session of this person. API tokens stay.", "Sign out"),
    "factor": (
        "Reset the second factor",
        "For somebody who lost their phone. Until they set up a new one, the password alone signs them in.",
        "Reset",
    ),
    "deactivate": (
        "Deactivate",
        "Nobody can sign in to the account any more, and its API tokens end for good. What was done with it stays.",
        "Deactivate",
    ),
    "reactivate": (
        "Reactivate",
        "Lets the person in again, with the role they had, but none of their API tokens.",
        "Reactivate",
    ),
}


def members_table(members: Sequence[Member], item: Any, formats: Formats, now: datetime) -> html.Div:
    return table(
        [
            ("Name", False),
            ("Role", False),
            ("State", False),
            ("Second factor", False),
            ("Last change", False),
            (spoken("Change"), True),
        ],
        [
            [
                html.Div(
                    [
                        html.Span(
                            [member.user.full_name, " ", badge("You") if member.is_you else None], className="name"
                        ),
                        html.Span(member.user.email, className="sub"),
                    ]
                ),
                ROLE_WORDS.get(member.user.role, member.user.role.value),
                state(member, formats, now),
                _second_factor(member.user),
                _last_change(member, formats),
                html.Button(
                    "Manage",
                    id=item("manage", member.user.user_id),
                    className="btn btn-quiet btn-sm",
                    n_clicks=0,
                    **{"aria-label": f"Manage {member.user.full_name}"},
                ),
            ]
            for member in members
        ],
        caption="Staff, by name",
        class_name="staff-table",
    )


def state(member: Member, formats: Formats, now: datetime) -> html.Span:
    """Active, invited until when, or deactivated."""
    user, until = member.user, member.invited_until
    if user.deactivated_at is not None:
        return badge("Deactivated", "neutral", "slash-circle")
    if not user.is_invited:
        return badge("Active", "good", "check2")
    if until is None or until <= now:
        return badge("Invitation expired", "warn", "hourglass-bottom")
    return badge(f"Invited until {formats.moment(until)}", "neutral", "envelope")


def _second_factor(user: User) -> Any:
    if user.has_second_factor:
        return badge("On", "good", "shield-check")
    return html.Span("–", className="muted") if user.is_invited else badge("Off", "neutral")


def _last_change(member: Member, formats: Formats) -> Any:
    words = formats.moment(member.last.at if member.last else member.user.created_at)
    return dcc.Link(words, href=f"/admin/audit?about=user:{member.user.user_id}", className="nowrap quiet-link")


# --- getting onto the staff ---------------------------------------------------------------------------


def invite_card(ids: Any) -> html.Section:
    form = plain_form(
        [
            text_field(ids("name"), "Name", maxlength=120, autocomplete="off"),
            text_field(ids("email"), "E-mail", type="email", maxlength=254, autocomplete="off"),
            select_field(ids("role"), "Role", ROLE_CHOICES, Role.OPS.value),
            html.Div(id=ids("invite-error"), className="field-error", role="alert"),
            submit_button(ids("invite"), "Send invitation", icon_name="envelope"),
        ],
        class_name="staff-form",
    )
    words = "They get a link by e-mail that is valid for three days, and choose a password."
    return card("Invite somebody", [html.P(words, className="muted"), form])


def promote_card(ids: Any) -> html.Section:
    form = plain_form(
        [
            text_field(ids("known-email"), "E-mail of the account", type="email", maxlength=254, autocomplete="off"),
            select_field(ids("known-role"), "Role", ROLE_CHOICES, Role.OPS.value),
            html.Div(id=ids("promote-error"), className="field-error", role="alert"),
            submit_button(ids("promote"), "Give the role", tone="quiet"),
        ],
        class_name="staff-form",
    )
    words = "For a customer who joins the staff. They are signed out, told by e-mail, and keep password and orders."
    return card("Give an account a role", [html.P(words, className="muted"), form])


def role_guide() -> html.Section:
    pairs = [(ROLE_WORDS[role], ROLE_HINTS[role]) for role in STAFF_ROLES]
    return card("What each role may do", facts(pairs), class_name="role-guide")


# --- one person -----------------------------------------------------------------------------------------


def person_panel(ids: Any, item: Any, member: Member, formats: Formats, now: datetime) -> html.Div:
    """What an admin may do about a person; what is impossible says why instead."""
    user = member.user
    head = html.Div(
        [
            html.Div([html.Span(user.full_name, className="panel-name"), html.Span(user.email, className="sub")]),
            html.Div([state(member, formats, now), badge("You") if member.is_you else None], className="staff-badges"),
        ],
        className="staff-head",
    )
    return html.Div(
        [
            head,
            *[html.P(words, className="staff-why") for words in _why(member)],
            _role_row(ids, item, member),
            *[_offer_row(item, action, member) for action in offers(user)],
            dcc.Link(
                "What happened to this account",
                href=f"/admin/audit?about=user:{user.user_id}",
                className="staff-history",
            ),
        ]
    )


def offers(user: User) -> list[str]:
    """Which actions make sense for a person, besides another role."""
    if user.deactivated_at is not None:
        return ["reactivate"]
    if user.is_invited:
        return ["invite", "deactivate"]
    return ["sessions", *(["factor"] if user.has_second_factor else []), "deactivate"]


def question(action: str, member: Member, role: Role | None) -> Question:
    """What to ask before doing it."""
    name = member.user.full_name
    ends = " You will be signed out." if member.is_you else ""
    if action == "role" and role is not None:
        return Question("Change the role?", _role_words(member, role), "Change role")
    if action == "invite":
        return Question("Send the invitation again?", f"A new link goes to {member.user.email}.", "Send")
    if action == "sessions":
        return Question("Sign out everywhere?", f"Every session of {name} ends now.{ends}", "Sign out")
    if action == "factor":
        words = (
            f"Until a new one is set up, the password alone is enough to sign in as {name}. "
            f"Make sure that the request is really theirs; they are told by e-mail.{ends}"
        )
        return Question("Reset the second factor?", words, "Reset")
    if action == "deactivate":
        words = f"{name} cannot sign in until an admin reactivates the account. API tokens end for good.{ends}"
        return Question("Deactivate the account?", words, "Deactivate")
    words = f"{name} can {'join with an invitation' if member.user.is_invited else 'sign in'} again."
    return Question("Reactivate the account?", words, "Reactivate")


def _role_words(member: Member, role: Role) -> str:
    was = ROLE_WORDS.get(member.user.role, "Customer")
    words = f"{member.user.full_name}: {was} → {ROLE_WORDS.get(role, 'Customer')}. {ROLE_HINTS[role]}"
    if member.user.is_invited:
        return words
    words = f"{words} {'You' if member.is_you else 'They'} will be signed out and told by e-mail."
    return f"{words} API tokens end for good." if loses_rights(member.user.role, role) else words


def _why(member: Member) -> list[str]:
    if not member.keeps_admin:
        return []
    who = "You are" if member.is_you else f"{member.user.full_name} is"
    return [f"{who} the last admin who can sign in, and the shop needs one. Make somebody else an admin first."]


def _role_row(ids: Any, item: Any, member: Member) -> html.Div:
    choices = list(ROLE_CHOICES)
    if not member.user.is_invited:
        choices.append((Role.CUSTOMER.value, "Customer (leaves the staff)"))
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Role", htmlFor=ids("new-role"), className="field-label"),
                    dbc.Select(
                        id=ids("new-role"),
                        value=member.user.role.value,
                        options=[{"value": value, "label": words} for value, words in choices],
                        disabled=member.keeps_admin,
                    ),
                ]
            ),
            html.Button(
                "Change",
                id=item("do", "role"),
                className="btn btn-quiet",
                n_clicks=0,
                disabled=member.keeps_admin,
            ),
        ],
        className="panel-status staff-role",
    )


def _offer_row(item: Any, action: str, member: Member) -> html.Div:
    title, words, button = _OFFERS[action]
    is_hard = action in ("deactivate", "factor")
    return html.Div(
        [
            html.Div([html.Strong(title), html.P(words)]),
            html.Button(
                button,
                id=item("do", action),
                className="btn btn-danger-quiet" if is_hard else "btn btn-quiet",
                n_clicks=0,
                disabled=action == "deactivate" and member.keeps_admin,
            ),
        ],
        className="panel-status",
    )
