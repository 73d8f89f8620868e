"""What the shop writes to people about their accounts: links to follow, and notices of what has happened.

None of them repeats a person's name: whoever signs up with another's address chooses it. The name of a token
stands only in mail to an address that its owner has confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import addresses
from app.domain import LinkPurpose, Message, Notice, unlinked
from app.mail.rendering import PLAIN, Frame, render, subject_line
from app.money import Formats
from app.words import mark, say


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


_IGNORE = mark("If you did not ask for it, you need not do anything: without the link nothing happens.")
_ALARM = mark(
    "If this was not you, set a new password at once: choose “Forgot your password?” where you sign in. "
    "That ends every session and every API token."
)
_OWNER = mark("You get this e-mail because it concerns your account at {store}.")

_LINKS = {
    LinkPurpose.VERIFY: _Words(
        mark("Confirm your e-mail address for {store}"),
        mark("Confirm your e-mail address"),
        (
            mark(
                "Someone opened an account at {store} with this address. "
                "If that was you, please confirm that it is yours."
            ),
        ),
        mark("If you did not open an account, do not follow the link."),
        mark("Confirm the address"),
    ),
    LinkPurpose.RESET: _Words(
        mark("Set a new password for {store}"),
        mark("Set a new password"),
        (mark("Someone asked for a new password for your account at {store}. Choose it here."),),
        _IGNORE,
        mark("Choose a new password"),
    ),
    LinkPurpose.CHANGE_EMAIL: _Words(
        mark("Confirm your new e-mail address for {store}"),
        mark("Confirm your new e-mail address"),
        (mark("An account at {store} wants to use this address from now on. Confirm that it is yours."),),
        _IGNORE,
        mark("Use this address"),
    ),
    LinkPurpose.INVITE: _Words(
        mark("Your invitation to work with {store}"),
        mark("You are invited"),
        (mark("{store} invites you to join its staff. Choose a password, and your account is ready."),),
        mark("If you do not know {store}, do not follow the link."),
        mark("Accept the invitation"),
    ),
}

_NOTICES: dict[Notice, _Words] = {
    "password_changed": _Words(
        mark("Your password for {store} was changed"),
        mark("Your password was changed"),
        (
            mark("The password of your account was changed on {at}. Other browsers that were signed in no longer are."),
            _ALARM,
        ),
        _OWNER,
    ),
    "email_changed": _Words(
        mark("Your e-mail address at {store} was changed"),
        mark("Your e-mail address was changed"),
        (
            mark("Since {at} your account uses another e-mail address. This one no longer signs you in."),
            mark("If this was not you, write to the shop at once."),
        ),
        mark("You get this e-mail because the address was that of an account at {store} until now."),
    ),
    "second_factor_on": _Words(
        mark("The second factor for {store} is on"),
        mark("The second factor is on"),
        (
            mark("Since {at} signing in also takes a code from your authenticator app. Keep the recovery codes safe."),
            _ALARM,
        ),
        _OWNER,
    ),
    "second_factor_off": _Words(
        mark("The second factor for {store} is off"),
        mark("The second factor is off"),
        (mark("Since {at} your password alone signs you in."), _ALARM),
        _OWNER,
    ),
    "token_created": _Words(
        mark("An API token was created for your account at {store}"),
        mark("An API token was created"),
        (
            mark(
                "On {at} an API token{about} was created for your account. With it a program can use the shop in your "
                "name, without password and second factor. You can revoke it under “Sign-in and security”."
            ),
            _ALARM,
        ),
        _OWNER,
    ),
    "role_changed": _Words(
        mark("Your role at {store} was changed"),
        mark("Your role was changed"),
        (mark("Since {at} your account at {store} has another role. Sign in to see what you can do now."),),
        _OWNER,
    ),
    "closed": _Words(
        mark("Your account at {store} was deleted"),
        mark("Your account was deleted"),
        (
            mark(
                "Your account was deleted on {at}. Your name, your addresses and your cart are erased. What was sold "
                "stays in the shop's books, without you in it."
            ),
        ),
        mark("This is the last e-mail about this account."),
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
    frame: Frame = PLAIN,
) -> Message:
    """An e-mail with a link that works once, until `expires_at`."""
    note = say("The link works once, until {time}.", time=formats.spoken().moment(expires_at))
    return _message(_LINKS[purpose], key, to, store_name, base_url, "", frame, url, note)


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
    frame: Frame = PLAIN,
) -> Message:
    """An e-mail about something that has happened; it has no link. `about`: the name of what it is about."""
    return _message(_NOTICES[notice], key, to, store_name, base_url, formats.spoken().moment(at), frame, about=about)


def _message(
    words: _Words,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    at: str,
    frame: Frame,
    url: str = "",
    note: str = "",
    about: str = "",
) -> Message:
    name = f" “{unlinked(about)}”" if about else ""

    def said(text: str) -> str:
        return say(text).replace("{store}", store_name).replace("{at}", at).replace("{about}", name)

    values = {
        "store_name": store_name,
        "front_url": base_url + addresses.to("/"),
        "title": said(words.title),
        "paragraphs": [said(paragraph) for paragraph in words.paragraphs],
        "button": say(words.button),
        "url": url,
        "note": note,
        "footer": said(words.footer),
        "preheader": said(words.paragraphs[0]),
    }
    html, text = render("account", values, frame)
    return Message(key=key, kind="account", to=to, subject=subject_line(said(words.subject)), html=html, text=text)
