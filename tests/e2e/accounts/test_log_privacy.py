"""A whole journey on the real server at its most talkative: nothing personal or secret is in its logs or in a URL."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.support.server import ROOT, RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

NAME, EMAIL, STREET = "Meera Unlisted-Iyer", "meera.unlisted@shop.example", "23 Unlisted Banyan Road"
PASSWORD, NEW_PASSWORD, WRONG = "a lake behind nine hills", "nine hills behind a lake", "guessed-by-somebody-4711"
ADMIN, ADMIN_NAME, ADMIN_PASSWORD = "owner.unlisted@shop.example", "Asha Unlisted-Menon", "seven wild geese fly"
GUEST = "guest.unlisted@shop.example"
APPROVED, DECLINED, TIMES_OUT = "4242424242424242", "4000000000000002", "4000000000000119"
CVC = "8053"
LINK = re.compile(r"/(confirm|reset|receipt)#([\w.\-]{20,})")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(
        tmp_path_factory.mktemp("private-shop"), workers=1, LOG_LEVEL="debug", LOG_FORMAT="json"
    ) as server:
        server.command("demo", "--orders", "30")
        server.command(
            *("create-admin", "--email", ADMIN, "--name", ADMIN_NAME, "--password-stdin"), text=ADMIN_PASSWORD
        )
        yield server


@pytest.fixture(scope="module")
def worker_log(shop: RunningServer) -> Iterator[Path]:
    """What a worker of its own says beside the server."""
    path = shop.data_dir / "worker.log"
    environment = {**shop._environment, "LOG_FORMAT": "text"}
    with path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    yield path
    process.terminate()
    process.wait(20)


class Journey:
    """A browser that keeps every URL it asked for, and everything that must not be found again."""

    def __init__(self, shop: RunningServer, page: Page) -> None:
        self.shop, self.page = shop, page
        self.urls: list[str] = []
        self.secrets = {NAME, EMAIL, STREET, PASSWORD, NEW_PASSWORD, WRONG, ADMIN, ADMIN_NAME, ADMIN_PASSWORD, GUEST}
        self.secrets |= {APPROVED, DECLINED, TIMES_OUT}
        self.secrets |= {" ".join(re.findall("....", card)) for card in (APPROVED, DECLINED, TIMES_OUT)}
        page.on("request", lambda request: self.urls.append(request.url.partition("#")[0]))
        page.on("response", lambda response: self._keep_referer(response.request.headers.get("referer", "")))
        page.on("framenavigated", lambda frame: self.urls.append(frame.url.partition("#")[0]))

    def _keep_referer(self, referer: str) -> None:
        self.urls.append(referer)

    def keep_cookies(self) -> None:
        self.secrets |= {cookie["value"] for cookie in self.page.context.cookies() if len(cookie["value"]) > 20}

    def latest_link(self, kind: str, to: str = "") -> str:
        """The fragment of the newest link of that kind that was sent by e-mail, to that address if given."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for text in self._mails(to):
                for found, token in LINK.findall(text):
                    if found == kind and token not in self.secrets:
                        self.secrets.add(token)
                        return f"/{kind}#{token}"
            time.sleep(0.3)
        raise AssertionError(f"no mail with a link to {kind} was sent")

    def _mails(self, to: str) -> list[str]:
        (database,) = self.shop.data_dir.glob("*.db")
        with sqlite3.connect(database) as connection:
            query = "SELECT text FROM mailbox WHERE ? IN (\"to\", '') ORDER BY message_id DESC"
            return [row[0] for row in connection.execute(query, (to,))]

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"#{name.replace('_', '-')}").fill(value)

    def pay(self, card: str, email: str | None = None) -> None:
        self.page.goto("/checkout")
        if email:
            self.fill(checkout_email=email)
        self.fill(
            checkout_name=NAME, checkout_line1=STREET, checkout_postcode="411001", checkout_city="Pune",
            checkout_number=card, checkout_expiry="12/39", checkout_cvc=CVC,
        )  # fmt: skip
        self.page.locator("#checkout-area").select_option("Maharashtra")
        self.page.locator("#checkout-pay").click()

    def sign_in(self, email: str, password: str, *, works: bool = True) -> None:
        self.page.goto("/login")
        self.fill(login_email=email, login_password=password)
        self.page.locator("#login-go").click()
        if works:
            self.page.wait_for_url(lambda url: "/login" not in url)
        else:
            self.page.locator("#login-problem").get_by_text(re.compile("wrong")).wait_for()
        self.keep_cookies()

    def sign_out(self) -> None:
        self.page.context.clear_cookies()


@pytest.fixture
def journey(shop: RunningServer, browser: Browser) -> Iterator[Journey]:
    context = browser.new_context(base_url=shop.url, viewport={"width": 1300, "height": 900})
    context.set_default_timeout(20_000)
    yield Journey(shop, context.new_page())
    context.close()


def test_nothing_personal_or_secret_is_logged_or_in_a_url(
    shop: RunningServer, worker_log: Path, journey: Journey, record_property
) -> None:
    buy_as_a_guest_and_register(journey)
    forget_the_password(journey)
    pay_with_every_kind_of_card(journey)
    look_at_customers_as_an_admin(journey)
    call_the_api(journey)
    break_it(journey)
    time.sleep(1)

    logged = shop.log_path.read_text(errors="replace") + worker_log.read_text(errors="replace")
    assert "/_dash-update-component" in logged, "the log must really be at its most talkative"
    assert "incident" in logged, "a defect must have been among what was logged"
    assert found_in(logged, journey.secrets) == []
    urls = "\n".join(unquote_plus(url) for url in set(journey.urls))
    assert "/admin/orders" in urls
    assert found_in(urls, journey.secrets) == []
    record_property(
        "proved",
        f"{len(journey.secrets)} secrets and personal data in none of {len(logged.splitlines())} lines of log "
        f"and {len(set(journey.urls))} URLs",
    )


def found_in(text: str, secrets: set[str]) -> list[str]:
    """Which of them occur, in any case and also URL-encoded; the CVC only as a number of its own."""
    lowered = text.lower()
    found = [one for one in secrets if one.lower() in lowered or quote(one, safe="").lower() in lowered]
    return sorted(found) + re.findall(rf"(?<![\d.:]){CVC}(?![\d.])", text)


def buy_as_a_guest_and_register(journey: Journey) -> None:
    page = journey.page
    put_in_cart(page)
    journey.pay(APPROVED, email=GUEST)
    page.wait_for_url(re.compile(r"/orders/\d+"))
    journey.sign_out()
    page.goto(journey.latest_link("receipt", GUEST))
    page.wait_for_url(re.compile(r"/orders/\d+$"))
    expect(page.locator("main")).to_contain_text(STREET)
    page.get_by_role("link", name="Create an account").click()
    page.wait_for_url(re.compile("/register"))
    journey.fill(register_name=NAME, register_email=EMAIL, register_password=PASSWORD)
    page.locator("#register-go").click()
    page.wait_for_url(lambda url: "/register" not in url)
    journey.keep_cookies()
    page.goto(journey.latest_link("confirm"))
    page.locator("#confirm-go").click()
    page.get_by_text("Your e-mail is confirmed").wait_for()
    journey.sign_out()


def forget_the_password(journey: Journey) -> None:
    page = journey.page
    journey.sign_in(EMAIL, WRONG, works=False)
    page.goto("/forgot")
    journey.fill(forgot_email=EMAIL)
    page.locator("#forgot-go").click()
    page.get_by_text("Check your inbox").wait_for()
    page.goto(journey.latest_link("reset"))
    page.locator("#reset-password").fill(NEW_PASSWORD)
    page.locator("#reset-go").click()
    page.wait_for_url(re.compile("/login"))
    journey.sign_in(EMAIL, NEW_PASSWORD)


def pay_with_every_kind_of_card(journey: Journey) -> None:
    page = journey.page
    put_in_cart(page)
    journey.pay(DECLINED)
    expect(page.locator("#checkout-problem")).to_contain_text("declined")
    journey.pay(TIMES_OUT)
    expect(page.locator("#checkout-problem")).to_contain_text("did not answer in time", timeout=15_000)
    page.goto("/orders")
    page.locator("main h1").wait_for()
    page.goto("/account")
    page.locator("main h1").wait_for()
    page.goto("/account/security")
    page.locator("main h1").wait_for()
    journey.sign_out()


def look_at_customers_as_an_admin(journey: Journey) -> None:
    page = journey.page
    journey.sign_in(ADMIN, ADMIN_PASSWORD)
    for path, wanted in (("/admin/customers", EMAIL), ("/admin/orders", EMAIL), ("/admin/orders", NAME[:9])):
        page.goto(path)
        search = page.get_by_role("searchbox").last
        search.fill(wanted)
        expect(page.locator("main table").last).to_contain_text(NAME)
        page.wait_for_timeout(500)
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/admin/orders/\d+"))
    expect(page.locator("main")).to_contain_text(STREET)
    page.go_back()
    page.goto("/admin/customers")
    page.get_by_role("searchbox").last.fill(EMAIL)
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url(re.compile(r"/admin/customers/\d+$"))
    expect(page.locator("main")).to_contain_text(EMAIL)
    page.get_by_role("link", name=re.compile("^All ")).click()
    page.wait_for_url(re.compile(r"/admin/orders\?customer=\d+"))
    expect(page.locator("main .orders-table")).to_contain_text(NAME)
    page.goto("/admin/notifications")
    page.locator("[id*='admin-notifications-open']").first.click()
    page.locator("iframe.mail-frame").wait_for()
    page.goto("/admin/inventory?do=add")
    page.locator("#admin-inventory-name").fill("A vase of glass")
    page.locator("#admin-inventory-price").fill("120")
    page.locator("#admin-inventory-save").click()
    page.wait_for_timeout(800)


def call_the_api(journey: Journey) -> None:
    """With a session, with a token, and with a wrong one."""
    client = requests.Session()
    client.headers["Origin"] = journey.shop.url
    url = journey.shop.url
    client.post(f"{url}/api/login", json={"email": EMAIL, "password": NEW_PASSWORD}, timeout=10).raise_for_status()
    journey.secrets |= {cookie.value for cookie in client.cookies if cookie.value and len(cookie.value) > 20}
    product = next(one for one in client.get(f"{url}/api/products", timeout=10).json() if one["stock"] > 3)
    client.post(f"{url}/api/cart", json={"id": product["product_id"]}, timeout=10).raise_for_status()
    card = {"number": APPROVED, "expiry": "12/39", "cvc": CVC, "name": NAME}
    client.post(f"{url}/api/record_payment", json={"payment": card}, timeout=10).raise_for_status()
    secret = make_token(journey)
    client.close()  # the server has let go of its idle connection, or is about to
    for token in (secret, secret[:-1] + "A", "rs_1_" + "x" * 43):
        journey.secrets.add(token)
        bearer = {"Authorization": f"Bearer {token}"}
        requests.get(f"{url}/api/orders", headers=bearer, timeout=10)
        requests.get(f"{url}/api/get_users", params={"limit": 1}, headers=bearer, timeout=10)
    for body in (b"{", b'{"email": "' + EMAIL.encode() + b'", "password": 7}', b'["' + APPROVED.encode() + b'"]'):
        for path in ("/api/login", "/api/signup", "/api/record_payment", "/_dash-update-component", "/api/nothing"):
            client.post(url + path, data=body, headers={"Content-Type": "application/json"}, timeout=10)


def make_token(journey: Journey) -> str:
    page = journey.page
    page.goto("/account/security")
    name = page.locator("#account-security-token-name")
    name.wait_for(state="attached")
    if not name.is_visible():
        page.locator("details:has(#account-security-token-name) > summary").click()
    name.fill("till")
    page.locator("#account-security-token-scopes input").first.check()
    page.locator("#account-security-token-password").fill(ADMIN_PASSWORD)
    page.locator("#account-security-make-token").click()
    return page.locator("#account-security-token-secret").inner_text()


def break_it(journey: Journey) -> None:
    """Defects are logged with where they happened, and still not with whom they happened to."""
    url, client = journey.shop.url, requests.Session()
    client.headers["Origin"] = url
    credentials = {"email": EMAIL, "password": NEW_PASSWORD}
    client.post(f"{url}/api/login", json=credentials, timeout=10).raise_for_status()
    card = {"number": APPROVED, "expiry": "12/39", "cvc": CVC, "name": NAME}
    asked = []
    with without_table(journey, "users"):
        new = {"fullname": NAME, "email": "second." + EMAIL, "password": PASSWORD}
        asked.append(requests.post(f"{url}/api/signup", json=new, timeout=10))
        asked.append(requests.post(f"{url}/api/login", json=credentials, timeout=10))
    with without_table(journey, "orders"):
        product = client.get(f"{url}/api/products", params={"limit": 1}, timeout=10).json()[0]
        client.post(f"{url}/api/cart", json={"id": product["product_id"]}, timeout=10)
        asked.append(client.post(f"{url}/api/record_payment", json={"payment": card}, timeout=10))
    assert [answer.status_code for answer in asked] == [500, 500, 500]
    for answer in asked:
        assert found_in(answer.text, journey.secrets) == []


@contextmanager
def without_table(journey: Journey, table: str) -> Iterator[None]:
    (database,) = journey.shop.data_dir.glob("*.db")
    for old, new in ((table, f"{table}_gone"), (f"{table}_gone", table)):
        with sqlite3.connect(database, timeout=20) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")  # what refers to the table stays as it is
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
        if old == table:
            yield


def put_in_cart(page: Page) -> None:
    page.goto("/?q=mug&in_stock=1")
    page.locator("article a, .product-card a").first.click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("button", name=re.compile("Cart"))).to_contain_text(re.compile(r"\d"))
