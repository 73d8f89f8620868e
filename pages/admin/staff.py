"""The staff: invite people, change their role, shut them out, help them when they lost their phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app import numbers
from app.domain import Access, Actor, Role, User
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.services.staff.staff import active_admins
from app.web.identity.principal import current_actor, current_principal
from app.web.page import Page
from components.admin import staff as parts
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import card, page_head
from pages.admin._common import text_of

NAME_LENGTH = 200  # what is too long is said by the service
EMAIL_LENGTH = 300

page = Page("admin-staff", path="/admin/staff", title="Staff", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**_: Any) -> html.Div:
    return html.Div(
        [
            page_head("Staff", "Who may see and change what. Every change here is in the audit log."),
            card(None, html.Div(_table(), id=page.id("table")), class_name="card-flush staff-card"),
            html.Div(
                [parts.invite_card(page.id), parts.promote_card(page.id), parts.role_guide()], className="staff-ways"
            ),
            dbc.Offcanvas(id=page.id("panel"), title="Person", is_open=False, placement="end", className="admin-panel"),
            confirm_dialog(page.id, tells_refusal=True),
            dcc.Store(id=page.id("person")),
            dcc.Store(id=page.id("asked")),
        ]
    )


@page.callback(
    Output(page.id("panel"), "is_open"),
    Output(page.id("panel"), "children"),
    Output(page.id("person"), "data"),
    Input(page.item("manage", ALL), "n_clicks"),
    prevent_initial_call=True,
)
def open_panel(clicks: Any) -> tuple[Any, ...]:
    user_id = _clicked_key(clicks)
    if user_id is None:
        return (no_update,) * 3
    member = _member(user_id)
    return True, _panel(member), member.user.user_id


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Output(page.id("asked"), "data"),
    Input(page.item("do", ALL), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("person"), "data"),
    State(page.id("new-role"), "value"),
    prevent_initial_call=True,
)
def ask(clicks: Any, _no: Any, person: Any, role: Any) -> tuple[Any, ...]:
    if ctx.triggered_id == page.id("confirm-no"):
        return False, no_update, no_update, no_update, "", None
    action = _clicked_key(clicks)
    if action is None:
        return (no_update,) * 6
    member, action = _member(person), _action(action)
    wanted = _role(role, with_customer=True) if action == "role" else None
    if wanted is member.user.role:
        raise InvalidInput(f"{member.user.full_name} has this role already. Choose another one.", "role")
    question = parts.question(action, member, wanted)
    asked = {
        "action": action,
        "role": wanted.value if wanted else None,
        "was": member.user.role.value,
        "person": member.user.user_id,
    }
    return True, question.title, question.words, question.yes, "", asked


@page.callback(
    Output(page.id("confirm"), "is_open", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Output(page.id("panel"), "is_open", allow_duplicate=True),
    Output(page.id("panel"), "children", allow_duplicate=True),
    Output(page.id("table"), "children"),
    Output("toast-request", "data", allow_duplicate=True),
    Output("redirect", "href", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("asked"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
)
def do(clicks: Any, asked: Any) -> tuple[Any, ...]:
    """Does what was asked, about the person who was asked about."""
    if not clicks or not isinstance(asked, dict):
        return (no_update,) * 7
    action, user_id = _action(asked.get("action")), _user_id(asked.get("person"))
    wanted = _role(asked.get("role"), with_customer=True) if action == "role" else None
    _member(user_id)
    try:
        change = (wanted, _role(asked.get("was"), with_customer=True)) if wanted else None
        person, words = _do(action, user_id, change, current_actor())
    except ShopError as error:
        return no_update, error.message, no_update, no_update, _table(), no_update, no_update
    if user_id == current_principal().user_id and action in ("role", "deactivate", "sessions", "factor"):
        return False, "", False, no_update, no_update, no_update, "/login"
    if not person.is_staff:
        return False, "", False, no_update, _table(), toast(words), no_update
    return False, "", no_update, _panel(_member(user_id)), _table(), toast(words), no_update


@page.callback(
    Output(page.id("table"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("name"), "value"),
    Output(page.id("email"), "value"),
    Output(page.id("name-error"), "children"),
    Output(page.id("email-error"), "children"),
    Output(page.id("invite-error"), "children"),
    Input(page.id("invite"), "n_clicks"),
    State(page.id("name"), "value"),
    State(page.id("email"), "value"),
    State(page.id("role"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("invite"), "disabled"), True, False)],
)
def invite(clicks: Any, name: Any, email: Any, role: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 7
    try:
        typed = text_of(name, NAME_LENGTH, "fullname"), text_of(email, EMAIL_LENGTH, "email")
        person = services().staff.invite(*typed, _role(role), current_actor())
    except ShopError as error:
        places = _placed(error, {"fullname": 0, "email": 1}, 2)
        return no_update, no_update, no_update, no_update, *places
    return _table(), toast(f"The invitation is on its way to {person.email}."), "", "", "", "", ""


@page.callback(
    Output(page.id("table"), "children", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("known-email"), "value"),
    Output(page.id("known-email-error"), "children"),
    Output(page.id("promote-error"), "children"),
    Input(page.id("promote"), "n_clicks"),
    State(page.id("known-email"), "value"),
    State(page.id("known-role"), "value"),
    prevent_initial_call=True,
    running=[(Output(page.id("promote"), "disabled"), True, False)],
)
def promote(clicks: Any, email: Any, role: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * 5
    try:
        person = services().staff.make_staff(text_of(email, EMAIL_LENGTH, "email"), _role(role), current_actor())
    except ShopError as error:
        return no_update, no_update, no_update, *_placed(error, {"email": 0}, 1)
    return _table(), toast(f"{person.full_name} is on the staff now."), "", "", ""


# --- load and shape -----------------------------------------------------------------------------------


def _do(action: str, user_id: int, change: tuple[Role, Role] | None, actor: Actor) -> tuple[User, str]:
    """Do it; the person as they are now, and what to say. `change`: the new role, and the one that was seen."""
    staff = services().staff
    if change is not None:
        role, seen = change
        person = staff.change_role(user_id, role, actor, seen)
        return person, f"The role of {person.full_name} is changed."
    actions: dict[str, tuple[Callable[[int, Actor], User], str]] = {
        "invite": (staff.resend_invite, "The invitation to {} is on its way."),
        "sessions": (staff.end_sessions, "{} is signed out everywhere."),
        "factor": (staff.reset_second_factor, "The second factor of {} is reset."),
        "deactivate": (staff.deactivate, "{} is deactivated."),
        "reactivate": (staff.reactivate, "{} can sign in again."),
    }
    function, words = actions[action]
    person = function(user_id, actor)
    if action == "reactivate" and person.is_invited:
        words = "{} can join with the invitation again, or with a new one."
    return person, words.format(person.full_name)


def _members() -> list[parts.Member]:
    people = services().staff.people()
    admins = active_admins(people)
    until = services().staff.invited_until([person.user_id for person in people if person.is_invited])
    last = services().audit.latest_of("user", [str(person.user_id) for person in people])
    you = current_principal().user_id
    return [
        parts.Member(
            person,
            is_you=person.user_id == you,
            keeps_admin=admins == (person,),
            invited_until=until.get(person.user_id),
            last=last.get(str(person.user_id)),
        )
        for person in people
    ]


def _member(value: Any) -> parts.Member:
    """Raises NotFound for who is not on the staff, or not any more."""
    user_id = _user_id(value)
    found = [member for member in _members() if member.user.user_id == user_id]
    if not found:
        raise NotFound("This person is not on the staff any more. Load the page again.")
    return found[0]


def _table() -> Any:
    return parts.members_table(_members(), page.item, services().formats, datetime.now(UTC))


def _panel(member: parts.Member) -> Any:
    return parts.person_panel(page.id, page.item, member, services().formats, datetime.now(UTC))


def _placed(error: ShopError, fields: dict[str, int], form: int) -> list[str]:
    """The error's words in the place of the field it is about, else in the form's own."""
    places = [""] * (form + 1)
    places[fields.get(str(getattr(error, "field", None)), form)] = error.message
    return places


# --- what the browser sends -----------------------------------------------------------------------------


def _clicked_key(clicks: Any) -> Any:
    """The key of the pattern-matched button that was clicked; None when buttons only appeared."""
    triggered = ctx.triggered_id
    if not isinstance(triggered, dict) or not isinstance(clicks, list) or not ctx.triggered[0]["value"]:
        return None
    return triggered.get("key")


def _user_id(value: Any) -> int:
    found = numbers.row_id(value)
    if found is None:
        raise NotFound("There is no such person.")
    return found


def _action(value: Any) -> str:
    if not isinstance(value, str) or value not in ("role", "invite", "sessions", "factor", "deactivate", "reactivate"):
        raise InvalidInput("Choose one of the actions shown.")
    return value


def _role(value: Any, with_customer: bool = False) -> Role:
    known = [role for role in Role if with_customer or role is not Role.CUSTOMER]
    if not isinstance(value, str) or value not in known:
        raise InvalidInput("Choose one of the roles shown.", "role")
    return Role(value)
