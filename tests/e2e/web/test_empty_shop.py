"""A shop as its owner first sees it: no page of the staff has a fault, though there is nothing to show yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, VIOLATIONS, Profiles, visitors
from tests.e2e.shop.test_pages import look, scan_in_turn
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """No product, no order, nobody but an admin."""
    with RunningServer(tmp_path_factory.mktemp("empty-shop"), workers=1) as server:
        server.command("create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin", text=ADMIN[1])
        yield server


def test_no_page_of_a_shop_that_has_nothing_yet_has_a_fault(
    built_app: WiredApp, empty_shop: RunningServer, browser: Browser, record_property
) -> None:
    """Nor an error in its console, nor anything that axe-core finds."""
    paths = [page.path for page in PAGES.values() if page.path and (page.frame != "store" or page.name == "home")]
    with visitors(Profiles(browser, empty_shop.url), empty_shop.url) as visitor:
        page, faults = visitor(signed_in=ADMIN)
        page.add_init_script(VIOLATIONS)
        for turn, path in enumerate(paths):
            look(page, faults, path)
            scan_in_turn(page, faults, path, turn)
        assert faults.seen == []
    record_property("proved", f"{len(paths)} pages of an empty shop opened and scanned: no error in the console")
