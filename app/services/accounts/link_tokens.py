"""Tokens of the links sent by e-mail: a signed link id. Nothing of them is stored, and no server log sees them."""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer

from app.domain import AccountLink, LinkPurpose, User
from app.errors import LinkInvalid
from app.services.accounts.ports import AccountLinks

TOKEN_LENGTH = 200  # far above any token of ours

# Where each link leads. The token stands in the fragment, which browsers keep to themselves.
_PATHS = {
    LinkPurpose.VERIFY: "/confirm",
    LinkPurpose.CHANGE_EMAIL: "/confirm",
    LinkPurpose.RESET: "/reset",
    LinkPurpose.INVITE: "/invite",
}


class LinkTokens:
    """Signs link ids, each purpose with a key of its own derived from `secret_key`."""

    def __init__(self, secret_key: str, links: AccountLinks) -> None:
        self._links = links
        self._signers = {
            purpose: URLSafeSerializer(
                secret_key,
                salt=f"account-link:{purpose.value}",
                signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
            )
            for purpose in LinkPurpose
        }

    def token(self, link: AccountLink) -> str:
        return str(self._signers[link.purpose].dumps(link.link_id))

    def path(self, link: AccountLink) -> str:
        return f"{_PATHS[link.purpose]}#{self.token(link)}"

    def open(self, token: object, *purposes: LinkPurpose) -> tuple[AccountLink, User]:
        """The open link of a token for one of `purposes`, and its account. Raises LinkInvalid."""
        for purpose in purposes:
            link_id = self._read(token, purpose)
            found = self._links.open(link_id) if link_id is not None else None
            if found is not None and found[0].purpose is purpose:
                return found
        raise LinkInvalid()

    def _read(self, token: object, purpose: LinkPurpose) -> int | None:
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH or not token.isascii():
            return None
        try:
            link_id = self._signers[purpose].loads(token)
        except BadData:
            return None
        return link_id if isinstance(link_id, int) else None
