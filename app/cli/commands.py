"""The commands that do one thing and end.

What only one command needs is imported there: `migrate` should not wait for the demo's word lists.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from app.domain import Actor, AuditAction, Role, User
from app.errors import InvalidInput, ShopError, StartupError
from app.services import Services
from app.services.costs.ports import Filled
from app.services.staff.ports import called
from app.settings.environment import Settings, load_settings
from app.stores.sql.costs.past_sales import SqlPastSales
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate as migrate_database
from app.stores.sql.engine.migrate import require_current
from app.stores.sql.rollups.cut import needs_rebuild
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.transfer.moving import refuse_half_moved
from app.wiring import stores

Progress = Callable[[str, int, int], None]

# The system's own account of who ran a command is the machine owner's affair.
_WHOEVER = Actor("command line", via="command line")

DEMO_SIGN_INS = (
    ("admin@shop.example", "Asha Menon", Role.ADMIN, "everything"),
    ("ops@shop.example", "Ravi Kulkarni", Role.OPS, "the wall and the overview"),
    ("analyst@shop.example", "Nandini Rao", Role.ANALYST, "the analytics, read-only"),
    ("customer@shop.example", "Meera Iyer", Role.CUSTOMER, "the shop"),
)


def migrate(_: argparse.Namespace) -> int:
    settings = load_settings()
    database = stores.open_database(settings, patient=True)
    revision = migrate_database(database)
    print(f"The database is up to date (schema {revision}).")
    for line in stores.migrate_catalog(settings):
        print(line)
    zone = stores.in_force(settings, database).zone
    if SqlPastSales(database, zone).is_due():
        _fill_costs(settings, database)
    if database.write(lambda connection: needs_rebuild(connection, zone)):
        print("The totals are worked out anew; with millions of orders this takes minutes ...", flush=True)
        _rebuild(settings, database)
    return 0


def fill_costs(_: argparse.Namespace) -> int:
    settings = load_settings()
    database = ready(settings)
    if not any(_fill_costs(settings, database)):
        print("There is no sale without a cost whose product has one now.")
    return 0


def _fill_costs(settings: Settings, database: Database) -> Filled:
    """Sales whose cost was not noted get that of their product today, and totals follow."""
    past = SqlPastSales(database, stores.in_force(settings, database).zone)
    if past.lacks_costs():
        print("Costs of past sales are filled in; with millions of orders this takes minutes ...", flush=True)
    products = stores.catalog_stores(settings, database).catalog.changes_since(None).products
    filled = past.fill({p.product_id: p.cost for p in products if p.cost is not None})
    if filled.sold:
        print(f"{filled.sold:,} lines of past sales had no cost and were given today's cost of their products.")
    if filled.returned:
        print(f"{filled.returned:,} lines that came back had no cost and were given that of their sale or product.")
    if any(filled):  # the totals were made anew, and standings belong to the old ones
        _services(settings, database).customers.keep_segments()
    return filled


def rebuild(_: argparse.Namespace) -> int:
    settings = load_settings()
    database = ready(settings)
    _rebuild(settings, database)
    zone = stores.in_force(settings, database).store_timezone
    print(f"Every total is worked out anew from orders, returns and movements, with days of {zone}.")
    return 0


def _rebuild(settings: Settings, database: Database) -> None:
    SqlRollups(database, stores.in_force(settings, database).zone, "command line").rebuild()
    _services(settings, database).customers.keep_segments()


def demo(arguments: argparse.Namespace) -> int:
    from app.tools.demo import fill_demo, is_empty

    settings = load_settings()
    database = ready(settings)
    built = _services(settings, database)
    if arguments.new_passwords:
        _print_sign_ins(_demo_accounts(built))
        return 0
    loader = stores.catalog_stores(settings, database).loader
    if arguments.if_empty and not is_empty(database, loader):
        return 0
    with _Bar() as bar:
        report = fill_demo(
            database,
            stores.in_force(settings, database),
            orders=arguments.orders,
            products=arguments.products,
            seed=arguments.seed,
            loader=loader,
            progress=bar.update,
        )
    built.customers.keep_segments()
    print(report)
    _print_sign_ins(_demo_accounts(built))
    return 0


def import_history(arguments: argparse.Namespace) -> int:
    from app.tools.importer import import_file

    settings = load_settings()
    database = ready(settings)
    with _Bar() as bar:
        loader = stores.catalog_stores(settings, database).loader
        report = import_file(
            database, stores.in_force(settings, database), arguments.file, loader=loader, progress=bar.update
        )
    _services(settings, database).customers.keep_segments()
    print(report)
    return 0


def simulate(arguments: argparse.Namespace) -> int:
    from app.tools.simulate import simulate as run_shoppers

    if not 0 < arguments.rate <= 6000:
        raise InvalidInput("--rate must be above 0 and at most 6000 orders a minute.", "rate")
    base = arguments.url or f"http://127.0.0.1:{load_settings().port}"
    run_shoppers(base, rate=arguments.rate, seconds=arguments.seconds, seed=arguments.seed)
    return 0


def create_admin(arguments: argparse.Namespace) -> int:
    built = _built()
    with _refusals():
        user = built.accounts.register(
            arguments.name, arguments.email, _password_from_stdin(), role=Role.ADMIN, verified=True
        )
    role = {"role": user.role.value}
    built.audit.record(
        _WHOEVER, AuditAction.STAFF_CREATE, "user", user.user_id, called(user), after=role, key=f"create:{user.user_id}"
    )
    print(f"{user.full_name} <{user.email}> is an admin.")
    return 0


def set_password(arguments: argparse.Namespace) -> int:
    built = _built()
    with _refusals():
        user = _account(built, arguments.email)
        with built.audit.around(_WHOEVER, AuditAction.STAFF_SIGN_IN, "user", user.user_id, _named(user)):
            built.accounts.set_password(user.user_id, _password_from_stdin())
    print(f"{user.full_name} <{user.email}> has a new password; all sessions have ended.")
    return 0


def reset_second_factor(arguments: argparse.Namespace) -> int:
    built = _built()
    with _refusals():
        user = _account(built, arguments.email)
        if not user.has_second_factor:
            raise InvalidInput(f"{user.full_name} <{user.email}> has no second factor.", "email")
        with built.audit.around(_WHOEVER, AuditAction.STAFF_SECOND_FACTOR, "user", user.user_id, _named(user)):
            built.second_factor.reset(user.user_id)
    print(f"{user.full_name} <{user.email}> signs in with the password alone.")
    return 0


def _built() -> Services:
    settings = load_settings()
    return _services(settings, ready(settings))


def _services(settings: Settings, database: Database) -> Services:
    from app.wiring import composition

    return composition.build(settings, database)


def _password_from_stdin() -> str:
    return sys.stdin.readline().rstrip("\n")


@contextmanager
def _refusals() -> Iterator[None]:
    """What the shop refuses is told to whoever typed the command."""
    try:
        yield
    except ShopError as error:
        raise StartupError(error.message) from error


def _named(user: User) -> str:
    """As the audit log calls somebody: it keeps its entries for good, so it gets no customer's name or address."""
    return called(user) if user.is_staff else f"customer {user.user_id}"


def _account(built: Services, email: str) -> User:
    user = built.accounts.by_email(email)
    if user is None:
        raise InvalidInput(f"There is no account with the e-mail address {email}.", "email")
    return user


def ready(settings: Settings) -> Database:
    database = stores.open_database(settings, patient=True)
    require_current(database)
    refuse_half_moved(database)
    stores.require_catalog(settings)
    return database


def _demo_accounts(built: Services) -> list[tuple[str, str, str]]:
    """E-mail, new random password and purpose of each demo account; made when missing."""
    accounts = []
    for email, name, role, purpose in DEMO_SIGN_INS:
        password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
        user = built.accounts.by_email(email)
        if user is None:
            built.accounts.register(name, email, password, role=role, verified=True)
        else:
            built.accounts.set_password(user.user_id, password)
        accounts.append((email, password, purpose))
    return accounts


def _print_sign_ins(accounts: list[tuple[str, str, str]]) -> None:
    print("\n  Demo sign-ins (shown this once; new ones: python -m app demo --new-passwords)")
    for email, password, purpose in accounts:
        print(f"    {email:<24}{password:<16}{purpose}")


class _Bar:
    """One progress bar that follows (stage, done, total) reports; without a terminal a line for each stage."""

    def __init__(self) -> None:
        self._bar = tqdm(total=0, unit="", leave=False, disable=None, dynamic_ncols=True)
        self._stage = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def update(self, stage: str, done: int, total: int) -> None:
        if self._bar.disable and stage != self._stage:
            print(f"{stage} ...", file=sys.stderr, flush=True)
        self._stage = stage
        self._bar.set_description(stage)
        self._bar.total = total
        self._bar.n = done
        self._bar.refresh()
