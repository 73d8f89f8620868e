"""What the shop writes to people about their accounts: links to follow, and notices of what has happened.

None of them repeats a person's name: whoever signs up with another's address chooses it. The name of a token
stands only in mail to an address that its owner has confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import LinkPurpose, Message, Notice, unlinked
from app.mail.rendering import render, subject_line
from app.money import Formats


@dataclass(frozen=True)
class _Words:
    """The words of one kind of account mail.

    `{store}` stands for the shop's name, `{at}` for when it happened, `{about}` for a name.
    """

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    footer: str
    button: str = ""


_IGNORE = "If you did not ask for it, you need not do anything: without the link nothing happens."
_ALARM = (
    "If this was not you, set a new password at once: choose “Forgot your password?” where you sign in. "
    "That ends every session and every API token."
)
_OWNER = "You get this e-mail because it concerns your account at {store}."

_LINKS = {
    LinkPurpose.VERIFY: _Words(
        "Confirm your e-mail address for {store}",
        "Confirm your e-mail address",
        ("Someone opened an account at {store} with this address. If that was you, please confirm that it is yours.",),
        "If you did not open an account, do not follow the link.",
        "Confirm the address",
    ),
    LinkPurpose.RESET: _Words(
        "Set a new password for {store}",
        "Set a new password",
        ("Someone asked for a new password for your account at {store}. Choose it here.",),
        _IGNORE,
        "Choose a new password",
    ),
    LinkPurpose.CHANGE_EMAIL: _Words(
        "Confirm your new e-mail address for {store}",
        "Confirm your new e-mail address",
        ("An account at {store} wants to use this address from now on. Confirm that it is yours.",),
        _IGNORE,
        "Use this address",
    ),
    LinkPurpose.INVITE: _Words(
        "Your invitation to work with {store}",
        "You are invited",
        ("{store} invites you to join its staff. Choose a password, and your account is ready.",),
        "If you do not know {store}, do not follow the link.",
        "Accept the invitation",
    ),
}

_NOTICES: dict[Notice, _Words] = {
    "password_changed": _Words(
        "Your password for {store} was changed",
        "Your password was changed",
        ("The password of your account was changed on {at}. Other browsers that were signed in no longer are.", _ALARM),
        _OWNER,
    ),
    "email_changed": _Words(
        "Your e-mail address at {store} was changed",
        "Your e-mail address was changed",
        (
            "Since {at} your account uses another e-mail address. This one no longer signs you in.",
            "If this was not you, write to the shop at once.",
        ),
        "You get this e-mail because the address was that of an account at {store} until now.",
    ),
    "second_factor_on": _Words(
        "The second factor for {store} is on",
        "The second factor is on",
        ("Since {at} signing in also takes a code from your authenticator app. Keep the recovery codes safe.", _ALARM),
        _OWNER,
    ),
    "second_factor_off": _Words(
        "The second factor for {store} is off",
        "The second factor is off",
        ("Since {at} your password alone signs you in.", _ALARM),
        _OWNER,
    ),
    "token_created": _Words(
        "An API token was created for your account at {store}",
        "An API token was created",
        (
            "On {at} an API token{about} was created for your account. With it a program can use the shop in your "
            "name, without password and second factor. You can revoke it under “Sign-in and security”.",
            _ALARM,
        ),
        _OWNER,
    ),
    "role_changed": _Words(
        "Your role at {store} was changed",
        "Your role was changed",
        ("Since {at} your account at {store} has another role. Sign in to see what you can do now.",),
        _OWNER,
    ),
    "closed": _Words(
        "Your account at {store} was deleted",
        "Your account was deleted",
        (
            "Your account was deleted on {at}. Your name, your addresses and your cart are erased. What was sold "
            "stays in the shop's books, without you in it.",
        ),
        "This is the last e-mail about this account.",
    ),
}


def link_mail(
    purpose: LinkPurpose,
    *,
    key: str,
    to: str,
    url: str,
    expires_at: datetime,
    store_name: str,
    base_url: str,
    formats: Formats,
) -> Message:
    """An e-mail with a link that works once, until `expires_at`."""
    note = f"The link works once, until {formats.moment(expires_at)}."
    return _message(_LINKS[purpose], key, to, store_name, base_url, "", url, note)


def notice_mail(
    notice: Notice,
    *,
    key: str,
    to: str,
    at: datetime,
    store_name: str,
    base_url: str,
    formats: Formats,
    about: str = "",
) -> Message:
    """An e-mail about something that has happened; it has no link. `about`: the name of what it is about."""
    return _message(_NOTICES[notice], key, to, store_name, base_url, formats.moment(at), about=about)


def _message(
    words: _Words,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    at: str,
    url: str = "",
    note: str = "",
    about: str = "",
) -> Message:
    name = f" “{unlinked(about)}”" if about else ""

    def said(text: str) -> str:
        return text.replace("{store}", store_name).replace("{at}", at).replace("{about}", name)

    values = {
        "store_name": store_name,
        "base_url": base_url,
        "title": said(words.title),
        "paragraphs": [said(paragraph) for paragraph in words.paragraphs],
        "button": words.button,
        "url": url,
        "note": note,
        "footer": said(words.footer),
        "preheader": said(words.paragraphs[0]),
    }
    html, text = render("account", values)
    return Message(key=key, kind="account", to=to, subject=subject_line(said(words.subject)), html=html, text=text)
