"""Secrets that the shop has to read again: kept encrypted, with a key derived from SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def cipher(secret_key: str, purpose: bytes) -> Fernet:
    """What is sealed for one purpose cannot be opened for another."""
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


class Seal:
    def __init__(self, secret_key: str, purpose: bytes) -> None:
        self._cipher = cipher(secret_key, purpose)

    def close(self, text: str) -> str:
        return self._cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """None for what was sealed under another SECRET_KEY."""
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
