"""The worker's part of accounts: what goes out by e-mail for a row of the outbox. No row holds a token."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from app import addresses
from app.domain import Message, Notice, effects
from app.domain.effects import EffectKind
from app.mail.account import link_mail, notice_mail
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.ports import AccountLinks, Users
from app.services.jobs.worker import Handler
from app.services.messages.notifications import Letterhead
from app.services.messages.ports import Sender
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.words import speaking

# Their address is no longer the account's when they are sent, so it stands in the row, and only until then.
_TO_AN_OLD_ADDRESS: tuple[Notice, ...] = ("email_changed", "closed")


class AccountMails:
    def __init__(
        self,
        letterhead: Letterhead,
        sender: Sender,
        users: Users,
        links: AccountLinks,
        tokens: LinkTokens,
        unconfirmed: UnconfirmedMail,
    ) -> None:
        self._letterhead = letterhead
        self._sender = sender
        self._users = users
        self._links = links
        self._tokens = tokens
        self._unconfirmed = unconfirmed

    def handlers(self) -> dict[str, Handler]:
        """Per outbox kind what does it, given the row's payload. Each is safe to run twice."""
        return {EffectKind.ACCOUNT_MAIL: self.send, EffectKind.PASSWORD_RESET: self.answer_reset}

    def answer_reset(self, payload: Mapping[str, Any]) -> None:
        """Look the account of an address up and queue its link; an address without one gets nothing."""
        if "email" in payload:
            with speaking(_language(payload)):
                self._links.answer_reset(str(payload["email"]), str(payload["request"]))

    def send(self, payload: Mapping[str, Any]) -> None:
        """E-mail a link or a notice, once per copy. A link that is no longer open is not sent.

        Links are counted when they are asked for. Notices that an account causes whose address nobody has
        confirmed are counted here: a few an hour, else AwaitsConfirmation is raised.
        """
        is_link = "link_id" in payload
        with speaking(_language(payload)):
            message = self._link(payload) if is_link else self._notice(payload)
        if message is None:
            return
        is_free = is_link or payload.get(effects.ANYWAY, False) or self._is_confirmed(payload, message.to)
        with nullcontext() if is_free else self._unconfirmed.counted(message.to):
            self._sender.send(message)

    def _is_confirmed(self, payload: Mapping[str, Any], to: str) -> bool:
        """Of an address that the account no longer has, its row says so."""
        if payload["notice"] in _TO_AN_OLD_ADDRESS:
            return bool(payload.get("confirmed", True))
        return self._unconfirmed.is_confirmed(to, int(payload["user_id"]))

    def _link(self, payload: Mapping[str, Any]) -> Message | None:
        found = self._links.open(int(payload["link_id"]))
        if found is None:
            return None
        link, user = found
        head = self._letterhead
        return link_mail(
            link.purpose,
            key=_key(f"account:{user.user_id}:link:{link.link_id}", payload),
            to=link.email,
            url=head.base_url + addresses.to(self._tokens.path(link)),
            expires_at=link.expires_at,
            store_name=head.store_name,
            base_url=head.base_url,
            formats=head.formats,
            frame=head.frame,
        )

    def _notice(self, payload: Mapping[str, Any]) -> Message | None:
        notice: Notice = payload["notice"]
        user_id = int(payload["user_id"])
        to, about = payload.get("to"), ""
        if notice not in _TO_AN_OLD_ADDRESS:
            user = self._users.get(user_id)
            to = user.email if user is not None else None
            if user is not None and user.email_verified_at is not None:
                about = str(payload.get("about", ""))  # before, a stranger could have the shop mail their words
        if not to:
            return None
        head = self._letterhead
        return notice_mail(
            notice,
            key=_key(f"account:{user_id}:{notice}:{payload['request']}", payload),
            to=to,
            at=datetime.fromisoformat(payload["at"]),
            about=about,
            store_name=head.store_name,
            base_url=head.base_url,
            formats=head.formats,
            frame=head.frame,
        )


def _language(payload: Mapping[str, Any]) -> str:
    return str(payload.get(effects.LANGUAGE, ""))


def _key(root: str, payload: Mapping[str, Any]) -> str:
    return effects.copy_key(root, payload.get(effects.COPY, 0))
