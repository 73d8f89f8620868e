"""What the account pages share: who is signed in, errors beside their fields, entries of staff in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.domain import PASSWORD_LONGEST, User
from app.errors import EmailTaken, InvalidInput, NotSignedIn, ShopError, Throttled, WrongCode, WrongCredentials
from app.services import services
from app.services.limits.throttle import PASSWORD_AGAIN
from app.web.identity.principal import current_actor
from app.web.identity.sessions import signed_in_user
from app.web.identity.sign_in import renew_session
from app.words import mark, say
from components.kit.forms import alert

CODE_LENGTH = 40

# What services call a field, and what forms do.
_NAMES = {"full_name": "name", "fullname": "name", "full name": "name", "e-mail": "email"}


def owner() -> User:
    """The account whose page this is. Raises NotSignedIn."""
    user = signed_in_user()
    if user is None:
        raise NotSignedIn()
    return user


def stay_signed_in(user_id: int) -> None:
    """After a change that ended every session of the account, this one among them: go on in this one."""
    user = services().accounts.get(user_id)
    if user is not None:
        renew_session(user)


def record_own(
    action: str, user: User, before: dict[str, object] | None = None, after: dict[str, object] | None = None
) -> None:
    """Staff changing their own way in is written down like everything else they change; customers are not watched."""
    if user.is_staff:
        name = user.email or user.full_name
        actor = replace(current_actor(), name=name, user_id=user.user_id)  # a link may be followed without a session
        services().audit.record(actor, action, "user", user.user_id, name, before, after)


@contextmanager
def password_again(user_id: int) -> Iterator[None]:
    """Round what asks a signed-in person's password: only wrong ones count as attempts. Raises Throttled."""
    limit = (PASSWORD_AGAIN, str(user_id))
    services().throttle.take(*limit)
    try:
        yield
    except WrongCredentials:
        raise
    except ShopError:
        services().throttle.give_back(*limit)
        raise
    services().throttle.give_back(*limit)


# --- reading what the browser sends -----------------------------------------------------------------------


def password_from(value: Any, field: str = "password") -> str:
    """As typed: spaces at its ends belong to it. Raises InvalidInput for what is too long to be one."""
    if not isinstance(value, str):
        return ""
    if len(value) > PASSWORD_LONGEST:
        raise InvalidInput(mark("A password may have at most {count} characters.", count=PASSWORD_LONGEST), field)
    return value


def code_from(value: Any) -> str:
    """As typed. Raises InvalidInput for what is too long to be one."""
    if not isinstance(value, str):
        return ""
    if len(value) > CODE_LENGTH:
        raise InvalidInput(mark("A code may have at most {count} characters.", count=CODE_LENGTH), "code")
    return value.strip()


# --- answering -----------------------------------------------------------------------------------------------


def beside(
    error: ShopError, fields: Sequence[str], *, retype: str = "", names: Mapping[str, str] | None = None
) -> tuple[Any, ...]:
    """(for above the button, then one per field): the error's words where they belong.

    `retype`: the field of a password or code that was wrong. `names`: the form's field for a service's, where
    they differ.
    """
    field = ""
    if isinstance(error, WrongCredentials | WrongCode):
        field = retype
    elif isinstance(error, EmailTaken):
        field = "email"
    elif isinstance(error, InvalidInput):
        given = (error.field or "").lower()
        field = _NAMES.get(given, given)
        field = (names or {}).get(field, field)
    if field not in fields:
        return problem(error), *("" for _ in fields)
    return "", *(say(error.message) if name == field else "" for name in fields)


def problem(error: ShopError) -> Any:
    """Waiting is no mistake, so a throttled answer is not shown as one."""
    return alert("warn" if isinstance(error, Throttled) else "bad", say(error.message))


def clear(fields: Sequence[str]) -> tuple[str, ...]:
    """No problem, and none beside a field."""
    return ("",) * (len(fields) + 1)
