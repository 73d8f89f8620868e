"""Password hashes that cost next to nothing: signing in is the first step of hundreds of tests about something else."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from app.services.accounts import accounts, passwords

QUICK_HASHING = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """In this process; servers and commands that tests start hash as in production."""
    for module in (passwords, accounts):
        patch.setattr(module, "HASHING", QUICK_HASHING)
