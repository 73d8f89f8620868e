"""One wired application per test process: a second Dash() would get no callbacks."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import flask
import pytest
from flask.testing import FlaskClient

from app.domain import Role, User
from app.services import Services, install
from app.stores.sql.engine.database import Database


@dataclass(frozen=True)
class WiredApp:
    """The real application on an SQLite database of its own, with one account per role."""

    server: flask.Flask
    services: Services
    database: Database
    people: dict[Role, User]

    def client(self, role: Role | None = None) -> FlaskClient:
        """A browser of its own, signed in as `role` unless None."""
        from tests.support.shop import PASSWORD

        client = self.server.test_client()
        if role is not None:
            answer = client.post("/api/login", json={"email": self.people[role].email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        return client


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    from tests.support.hashing import hash_quickly

    with pytest.MonkeyPatch.context() as patch:
        hash_quickly(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def answers_are_taken_to_their_end() -> Iterator[None]:
    from tests.support.browser_client import BrowserClient

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask.Flask, "test_client_class", BrowserClient)
        yield


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all tests: a new engine would compile each statement anew. Whoever writes empties it again."""
    from tests.support.migrated import migrated

    database = migrated(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'shop.db'}")
    yield database
    database.dispose()


@pytest.fixture
def empty_database(sqlite: Database) -> Iterator[Database]:
    """That one, without a row before and after the test."""
    from tests.support.migrated import empty

    yield sqlite
    empty(sqlite)


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WiredApp]:
    from app.server import create_app
    from tests.support.shop import add_people, build, settings_for

    settings = settings_for(tmp_path_factory.mktemp("shop"))
    built, database = build(settings)
    server = create_app(settings, built)
    people = {role: add_people(database, 1, prefix=role.value, role=role)[0] for role in Role}
    yield WiredApp(server, built, database, people)
    built.live.close()
    database.dispose()


@pytest.fixture
def wired_app(built_app: WiredApp) -> WiredApp:
    """The session's application, with its own services behind `services()` again."""
    install(built_app.services)
    return built_app


@pytest.fixture
def app_client(wired_app: WiredApp) -> Callable[..., FlaskClient]:
    """`app_client(Role.ADMIN)`: a test client of the real application, signed in as that role."""
    return wired_app.client


_SECONDS_OF_FILES = "retail-sync/seconds-of-files"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All processes must sort alike, also when another run in this folder ends in between."""
    node.workerinput["seconds_of_files"] = _known_seconds(node.config)


def _known_seconds(config: pytest.Config) -> dict[str, float]:
    if (given := getattr(config, "workerinput", None)) is not None:
        return dict(given["seconds_of_files"])
    cache = getattr(config, "cache", None)  # there is none with -p no:cacheprovider
    return dict(cache.get(_SECONDS_OF_FILES, {})) if cache else {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest files of the last run first, so that no process is left alone with one of them at the end.

    Those in a browser come before all others, as they are the longest.
    """
    known = _known_seconds(config)

    def place(item: pytest.Item) -> tuple[bool, float]:
        return item.get_closest_marker("browser") is None, -known.get(item.nodeid.partition("::")[0], 0)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was loaded stays: each full collection of garbage would look at all of it, and at thousands of tests."""
    gc.collect()
    gc.freeze()


def _tell_slowest_files(terminalreporter: pytest.TerminalReporter) -> None:
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    cache = getattr(terminalreporter.config, "cache", None)
    if cache:
        cache.set(_SECONDS_OF_FILES, {**cache.get(_SECONDS_OF_FILES, {}), **seconds})
    if len(seconds) > 1:
        terminalreporter.section("files that took longest")
        for name, taken in seconds.most_common(10):
            terminalreporter.write_line(f"{taken:7.1f} s  {name}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which files took longest, and what tests counted (`record_property("proved", "...")`), to be quoted."""
    _tell_slowest_files(terminalreporter)
    passed = terminalreporter.stats.get("passed", [])
    counts = [words for report in passed for name, words in report.user_properties if name == "proved"]
    if counts:
        terminalreporter.section("proved")
        for words in sorted(counts):
            terminalreporter.write_line(words)


def pytest_configure() -> None:
    """Before the processes of the run are started: they make what they copy once for all of them."""
    from tests.support.templates import share_templates

    share_templates()


def pytest_unconfigure() -> None:
    from tests.support.templates import remove_templates

    remove_templates()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: what is skipped there is tested nowhere.

    The one exception is the real data set, which is not ours to commit.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    skipped = sum("the real data set" not in str(report.longrepr) for report in reports)
    if os.environ.get("CI", "").lower() == "true" and skipped:
        reporter.write_line(f"{skipped} tests were skipped; in CI nothing may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
