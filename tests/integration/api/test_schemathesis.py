"""The API against its own document, by schemathesis: right and wrong requests, as everybody there is.

`make test` plays a short seeded part; `make soak` the long one, with its seed in the output.
"""

from __future__ import annotations

import os
import random
import warnings

import pytest

from app.domain import Role
from tests.support.fuzzing import Fuzzer

IDENTITIES = {
    "anonymous": (None, False),
    "customer": (Role.CUSTOMER, False),
    "admin": (Role.ADMIN, False),
    "machine": (Role.ADMIN, True),  # an admin's token with every scope
}
SHORT, SHORT_SEED = 2, 20_260_301
LONG = 60  # right and as many wrong requests per call: with those at the edges, far more than 2,000 per identity
LEAST_EXAMPLES = 2_000


@pytest.fixture
def fuzzer(wired_app, tmp_path, request):
    role, by_token = IDENTITIES[request.param]
    fuzzer = Fuzzer(wired_app.server, tmp_path, role, by_token=by_token)
    yield fuzzer
    fuzzer.close()


def play(fuzzer, examples, seed, record_property):
    before = fuzzer.who()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # schemathesis', about strategies that grow slowly
        outcome = fuzzer.run(examples, seed)
    record_property("proved", f"{outcome.words()}; seed {seed}")
    assert not outcome.failures, f"seed {seed}\n" + "\n".join(f"{k}\n{v}" for k, v in outcome.failures.items())
    assert fuzzer.who() == before, "what was called meanwhile must not have changed who calls"
    return outcome


@pytest.mark.parametrize("fuzzer", IDENTITIES, indirect=True)
def test_the_api_is_as_its_document_says(fuzzer, record_property):
    outcome = play(fuzzer, SHORT, SHORT_SEED, record_property)
    operations = [operation.ok().label for operation in fuzzer.schema.get_all_operations()]
    assert set(outcome.by_operation) == set(operations)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("fuzzer", IDENTITIES, indirect=True)
def test_the_api_is_as_its_document_says_for_long(fuzzer, record_property):
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    outcome = play(fuzzer, LONG, seed, record_property)
    assert outcome.examples >= LEAST_EXAMPLES
