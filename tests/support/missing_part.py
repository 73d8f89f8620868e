"""What a test does without a server that it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing_part(what: str, why: Exception) -> NoReturn:
    """Skip; in CI fail, since what is skipped there is tested nowhere."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"the tests need {what}: {why}", pytrace=False)
    pytest.skip(f"no {what} to test on: {why}")
