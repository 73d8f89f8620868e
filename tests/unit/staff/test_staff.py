"""The staff page's parts: what can be done about whom, and why something cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from app.domain import Role, User
from app.money import Formats
from app.services.staff.staff import active_admins
from components.admin import staff as parts

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RAVI = User(8, "Ravi Rao", "ravi@shop.example", Role.OPS, "hash", 1, NOW)
INVITED = replace(RAVI, password_hash=None)
OUT = replace(RAVI, deactivated_at=NOW)
MEMBER = parts.Member(RAVI, is_you=False, keeps_admin=False)


def ids(part: str) -> str:
    return f"page-{part}"


def item(part: str, key: Any) -> dict[str, Any]:
    return {"type": part, "key": key}


def walk(node: Any) -> list[Any]:
    children = getattr(node, "children", node if isinstance(node, list | tuple) else None)
    below = children if isinstance(children, list | tuple) else [children]
    found = [node] if isinstance(node, Component) else []
    return found + [one for child in below if child is not None for one in walk(child)]


def text(node: Any) -> str:
    if isinstance(node, Component):
        return text(getattr(node, "children", None))
    if isinstance(node, list | tuple):
        return "".join(text(one) for one in node)
    return "" if node is None else str(node)


def panel(member: parts.Member) -> Any:
    return parts.person_panel(ids, item, member, FORMATS, NOW)


def buttons(member: parts.Member) -> dict[str, bool]:
    """Per action whether its button can be pressed."""
    found = [one for one in walk(panel(member)) if isinstance(getattr(one, "id", None), dict)]
    return {one.id["key"]: not getattr(one, "disabled", False) for one in found}


@pytest.mark.parametrize(
    ("user", "actions"),
    [
        (RAVI, {"role", "sessions", "deactivate"}),
        (replace(RAVI, totp_enabled_at=NOW), {"role", "sessions", "factor", "deactivate"}),
        (INVITED, {"role", "invite", "deactivate"}),
        (OUT, {"role", "reactivate"}),
    ],
    ids=["active", "with a second factor", "invited", "deactivated"],
)
def test_only_what_makes_sense_is_offered(user: User, actions: set[str]):
    assert {name for name, can in buttons(replace(MEMBER, user=user)).items() if can} == actions


def test_what_the_last_admin_cannot_do_is_explained():
    last = parts.Member(replace(RAVI, role=Role.ADMIN), is_you=True, keeps_admin=True)
    assert buttons(last) == {"role": False, "sessions": True, "deactivate": False}
    assert "You are the last admin who can sign in" in text(panel(last))
    assert "Ravi Rao is the last admin" in text(panel(replace(last, is_you=False)))


def test_who_has_not_joined_cannot_become_a_customer():
    options = lambda user: [  # noqa: E731
        choice["value"]
        for one in walk(panel(replace(MEMBER, user=user)))
        if getattr(one, "id", None) == "page-new-role"
        for choice in one.options
    ]
    assert "customer" in options(RAVI)
    assert "customer" not in options(INVITED)


@pytest.mark.parametrize(
    ("user", "until", "words"),
    [
        (RAVI, None, "Active"),
        (OUT, None, "Deactivated"),
        (INVITED, NOW + timedelta(days=1), "Invited until 2 Mar 2026, 17:30"),
        (INVITED, NOW, "Invitation expired"),
        (INVITED, None, "Invitation expired"),
        (replace(INVITED, deactivated_at=NOW), NOW + timedelta(days=1), "Deactivated"),
    ],
)
def test_the_state_in_words(user: User, until: datetime | None, words: str):
    assert text(parts.state(replace(MEMBER, user=user, invited_until=until), FORMATS, NOW)) == words


@pytest.mark.parametrize("action", ["invite", "sessions", "factor", "deactivate", "reactivate"])
def test_every_action_is_asked_about_by_name(action: str):
    question = parts.question(action, MEMBER, None)
    assert question.title.endswith("?")
    assert "Ravi Rao" in question.words or RAVI.email in question.words
    assert question.yes


def test_a_change_of_role_says_what_it_leads_to():
    words = parts.question("role", MEMBER, Role.ADMIN).words
    assert "Operations → Admin" in words
    assert "They will be signed out" in words
    assert "You will be signed out" in parts.question("role", replace(MEMBER, is_you=True), Role.CUSTOMER).words
    assert "signed out" not in parts.question("role", replace(MEMBER, user=INVITED), Role.ADMIN).words


def test_who_counts_as_an_admin():
    admin = replace(RAVI, role=Role.ADMIN)
    people = [admin, RAVI, replace(admin, password_hash=None), replace(admin, deactivated_at=NOW)]
    assert active_admins(people) == (admin,)
