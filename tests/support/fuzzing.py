"""Calls the whole API with made-up requests, right and wrong ones, and holds every answer against the document."""

from __future__ import annotations

import contextlib
import functools
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from app.domain import Address, Role
from app.errors import ShopError
from app.services import install
from app.services.checkout.checkout import CheckoutRequest
from tests.support.shop import PASSWORD, add_people, add_product, build, settings_for

# Left out, and why. The rest of schemathesis' checks run.
LEFT_OUT = {
    "positive_data_acceptance": "a schema cannot say which products, e-mails and passwords there are",
    "use_after_free": "needs linked calls; taking a product out twice is fine here by contract",
    "ensure_resource_availability": "needs linked calls",
    "object_level_authorization": "needs linked calls; test_access.py and test_api.py prove who may see whose order",
    "max_response_time": "speed is measured in tests/benchmarks",
}


@dataclass
class Outcome:
    """What came of one identity's calls."""

    examples: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    by_operation: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def words(self) -> str:
        statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{self.examples} examples over {len(self.by_operation)} calls ({statuses})"


class FromManyPlaces:
    """The application as if every call came from another address: throttling has tests of its own."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._numbers = itertools.count(1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        number = next(self._numbers)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # the test client does not unpack
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return self._app(environ, start_response)


@functools.cache
def schema_of(server: Any) -> Any:
    """The document as schemathesis reads it, once per application: what it makes of it is kept beside it."""
    # Credentials are given, not made up: a made-up token beside a good cookie is refused before anything is read.
    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    load_all_checks()
    return schemathesis.openapi.from_wsgi("/api/openapi.json", FromManyPlaces(server), config=config)


@dataclass(frozen=True)
class Requests:
    """What is asked of one call of the document. Whoever sends a case sends a copy of it."""

    label: str
    at_the_edges: Sequence[Any]
    made_up: dict[GenerationMode, Sequence[tuple[Any, bool]]]  # and whether it is to be about something that is there


@functools.lru_cache(maxsize=1)
def requests_of(server: Any, examples: int, seed: int) -> Sequence[Requests]:
    """`examples` of right and as many of wrong requests for every call, and those at its edges.

    They do not depend on who calls, and take longer to make than to answer: all identities share them.
    """
    operations = [found.ok() for found in schema_of(server).get_all_operations()]
    return [
        Requests(one.label, _edges(one), {mode: _made_up(one, mode, examples, seed) for mode in GenerationMode})
        for one in operations
    ]


def _edges(operation: Any) -> Sequence[Any]:
    """What is wrong at the edges, one thing at a time: methods, missing fields, limits."""
    schema = operation.schema
    config = schema.config.generation_for(operation=operation)
    cases = schema.iter_coverage_cases(operation, generation_modes=list(GenerationMode), generation_config=config)
    return [_kept(case) for case in cases]


def _made_up(operation: Any, mode: GenerationMode, examples: int, seed: int) -> Sequence[tuple[Any, bool]]:
    found: list[tuple[Any, bool]] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    def note(case: Any, is_real: bool) -> None:
        found.append((_kept(case), is_real))

    with contextlib.suppress(Unsatisfiable):  # nothing can be wrong with a call that takes nothing
        note()
    return found


def _kept(case: Any) -> Any:
    case.freeze_metadata()  # what it was made as stays, whatever its copies are changed into
    return case


class Fuzzer:
    """One identity on a shop of its own. `role` None: a stranger."""

    def __init__(self, server: Any, folder: Path, role: Role | None, *, by_token: bool = False) -> None:
        self._settings = settings_for(folder)
        self.services, self.database = build(self._settings)
        install(self.services)
        self.services.catalog.refresh()
        self._server = server
        self._role = role
        self._orders: list[int] = []
        if role is not None:
            self.person = add_people(self.database, 1, role.value, role)[0]
            self._orders = [self._bought() for _ in range(2)]
        self._headers: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self._identify(by_token)
        self.schema = schema_of(server)
        self._checks = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in LEFT_OUT]

    def _identify(self, by_token: bool) -> None:
        """Make the calls somebody's. schemathesis takes credentials out again to see whether they are asked for."""
        if self._role is None:
            return
        if by_token:
            tokens = self.services.tokens
            _, text = tokens.create(self.person, "Fuzzer", tokens.scopes_for(self._role), None)
            self._headers = {"Authorization": f"Bearer {text}"}
            return
        client = self._server.test_client()
        answer = client.post("/api/login", json={"email": self.person.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        # Others sign in: each call carries the cookie of this one, whatever they set. Signing out ends it for good.
        self._cookies = {"retail_session": client.get_cookie("retail_session").value}
        self._headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def who(self) -> dict[str, Any]:
        """What the API says of this identity now."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {**self._headers, "Cookie": cookies} if cookies else self._headers
        answer = self._server.test_client(use_cookies=False).get("/api/current_user", headers=headers)
        return dict(answer.json)

    def close(self) -> None:
        self.services.live.close()
        self.database.dispose()

    def run(self, examples: int, seed: int) -> Outcome:
        """`examples` of right and as many of wrong requests for every call of the document, and those at its edges."""
        outcome = Outcome()
        for requests in requests_of(self._server, examples, seed):
            for case in requests.at_the_edges:
                self._call(case.derive(), f"{requests.label} at its edges", outcome)
            for mode, made_up in requests.made_up.items():
                real = random.Random(seed)
                for kept, is_real in made_up:
                    case = kept.derive()
                    if is_real and mode.is_positive:
                        self._make_real(case, real)
                    self._call(case, f"{requests.label} {mode.value}", outcome)
        return outcome

    def _call(self, case: Any, what: str, outcome: Outcome) -> None:
        response = case.call(headers=self._headers or None, cookies=self._cookies or None)
        if self._cookies and case.path == "/api/logout":
            self._identify(by_token=False)
        outcome.examples += 1
        outcome.statuses[response.status_code] += 1
        outcome.by_operation[case.operation.label] += 1
        try:
            case.validate_response(
                response,
                checks=self._checks,
                headers=self._headers or None,
                transport_kwargs={"headers": self._headers, "cookies": self._cookies},
            )
        except FailureGroup as failure:
            outcome.failures.setdefault(what, str(failure))

    def _make_real(self, case: Any, real: random.Random) -> None:
        """Let it be about something that is there: random ids would only ever meet a 404."""
        if "product_id" in case.path_parameters:
            case.path_parameters["product_id"] = self._product(real)
        if "order_id" in case.path_parameters and self._orders:
            case.path_parameters["order_id"] = real.choice(self._orders)
        if isinstance(case.body, dict) and "id" in case.body:
            case.body["id"] = self._product(real)
        if isinstance(case.body, dict) and case.path == "/api/login" and self._role is not None:
            case.body.update(email=self.person.email, password=PASSWORD)
        if case.path == "/api/record_payment" and self._role is not None:
            with contextlib.suppress(ShopError):
                self.services.cart.add(f"user#{self.person.user_id}", self._product(real), 1)

    def _bought(self) -> int:
        """A paid order of this identity."""
        owner = f"user#{self.person.user_id}"
        self.services.cart.add(owner, self._product(random.Random(0)), 1)
        address = Address(self.person.full_name, "", "", "", "IN")
        order = self.services.checkout.place(
            CheckoutRequest(owner, self.person.user_id, self.person.email, address, None, None, needs_address=False)
        )
        return order.order_id

    def _product(self, real: random.Random) -> str:
        """One of a few products; a new one where all were taken out of the store or sold."""
        known = [product.product_id for product in self.services.catalog.all() if product.stock > 0]
        if len(known) < 3:
            return add_product(self.services, "Kettle", real.randint(1, 100_000), 1_000).product_id
        return real.choice(known)
