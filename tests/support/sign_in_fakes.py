"""In-memory stand-ins for what signing in needs, with a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.domain import Role, User
from app.errors import EmailTaken, InvalidInput, WrongCredentials
from app.services.accounts.ports import SecondFactor
from app.services.limits.ports import Limit

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
PASSWORD = "seven wild geese"


class Clock:
    def __init__(self, now: float = 1_000_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeThrottles:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.quiet_at: dict[str, float] = {}

    def take(self, limits: Sequence[Limit]) -> float:
        wait = self.wait(limits)
        if not wait:
            self.quiet_at.update({one.key: self._at(one.key) + one.every_seconds for one in limits})
        return wait

    def wait(self, limits: Sequence[Limit]) -> float:
        wait = max(self._at(one.key) - self._clock() - (one.burst - 1) * one.every_seconds for one in limits)
        return wait if wait > 1e-6 else 0.0  # what floats leave over

    def give_back(self, limits: Sequence[Limit]) -> None:
        for one in limits:
            self.quiet_at[one.key] = self._at(one.key) - one.every_seconds

    def purge(self, limit: int) -> int:
        quiet = [key for key, at in self.quiet_at.items() if at < self._clock()][:limit]
        for key in quiet:
            del self.quiet_at[key]
        return len(quiet)

    def _at(self, key: str) -> float:
        return max(self.quiet_at.get(key, 0.0), self._clock())


class FakeSecondFactors:
    def __init__(self) -> None:
        self.secrets: dict[int, str] = {}
        self.steps: dict[int, int] = {}
        self.codes: dict[int, set[str]] = {}
        self.on: set[int] = set()

    def get(self, user_id: int) -> SecondFactor | None:
        return SecondFactor(self.secrets.get(user_id), NOW if user_id in self.on else None)

    def propose(self, user_id: int, secret: str, instead_of: str | None) -> bool:
        if user_id in self.on or self.secrets.get(user_id) != instead_of:
            return False
        self.secrets[user_id] = secret
        return True

    def enable(self, user_id: int, secret: str, step: int, code_hashes: Sequence[str]) -> bool:
        if user_id in self.on or self.secrets.get(user_id) != secret:
            return False
        self.on.add(user_id)
        self.steps[user_id] = step
        self.codes[user_id] = set(code_hashes)
        return True

    def take_step(self, user_id: int, step: int) -> bool:
        if user_id not in self.on or self.steps[user_id] >= step:
            return False
        self.steps[user_id] = step
        return True

    def take_recovery_code(self, user_id: int, code_hash: str) -> bool:
        if user_id not in self.on or code_hash not in self.codes[user_id]:
            return False
        self.codes[user_id].remove(code_hash)
        return True

    def replace_recovery_codes(self, user_id: int, code_hashes: Sequence[str]) -> bool:
        if user_id not in self.on:
            return False
        self.codes[user_id] = set(code_hashes)
        return True

    def remaining(self, user_id: int) -> int:
        return len(self.codes.get(user_id, ()))

    def clear(self, user_id: int) -> bool:
        was_on = user_id in self.on
        self.on.discard(user_id)
        for kept in (self.secrets, self.steps, self.codes):
            kept.pop(user_id, None)
        return was_on


class FakeAccounts:
    """Accounts that all have `PASSWORD`; counts how often a password was looked at, and what owners were told."""

    def __init__(self, *people: User) -> None:
        self.people = {person.user_id: person for person in people}
        self.looked_at = 0
        self.notices: list[tuple[int, str]] = []
        self.resets: list[str] = []

    def get(self, user_id: int) -> User | None:
        return self.people.get(user_id)

    def by_email(self, email: str) -> User | None:
        return next((one for one in self.people.values() if one.email == email.strip().lower()), None)

    def authenticate(self, email: str, password: str) -> User:
        self.looked_at += 1
        user = self.by_email(email)
        if user is None or password != PASSWORD:
            raise WrongCredentials()
        return user

    def check_password(self, user_id: int, password: str) -> User:
        self.looked_at += 1
        if password != PASSWORD:
            raise WrongCredentials("The password is wrong.")
        return self.people[user_id]

    def register(self, full_name: str, email: str, password: str) -> User:
        if len(password) < 10:
            raise InvalidInput("A password needs at least 10 characters.", "password")
        if self.by_email(email) is not None:
            raise EmailTaken()
        new = person(len(self.people) + 1, email=email, full_name=full_name)
        self.people[new.user_id] = new
        return new

    def request_reset(self, email: str) -> None:
        self.resets.append(email)

    def notify(self, user_id: int, notice: str) -> None:
        self.notices.append((user_id, notice))


def person(user_id: int, role: Role = Role.CUSTOMER, email: str | None = None, full_name: str = "Ada") -> User:
    return User(user_id, full_name, email or f"person{user_id}@shop.example", role, "hash", 1, NOW)
