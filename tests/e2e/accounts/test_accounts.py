"""What people do with their account, in a browser against the running shop, with the links from its mailbox."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
import requests
from playwright.sync_api import Locator, Page, Response, expect

from app.services.accounts.second_factor import STEP_SECONDS
from tests.e2e.conftest import ADMIN, Visitor
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

PASSWORD, NEW_PASSWORD = "a lake in the hills", "nine slow herons wade"
MAIL_SECONDS = 30


def new_address() -> str:
    return f"guest.{secrets.token_hex(4)}@shop.example"


def register(page: Page, address: str) -> None:
    page.goto("/register")
    page.get_by_label("Full name").fill("Meera Iyer")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url(lambda url: "/register" not in url)


def sign_in(page: Page, address: str, password: str, after: str = "") -> None:
    page.goto(f"/login?next={after}" if after else "/login")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def is_signed_in(page: Page) -> bool:
    return bool(page.request.get("/api/current_user").json()["is_logged_in"])


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def section(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def mailed_link(shop: RunningServer, address: str, path: str) -> str:
    """Path and fragment of the newest link to `path` that was sent to `address`; waits for the worker."""
    with sqlite3.connect(Path(shop.data_dir) / "shop.db") as database:
        for _ in range(MAIL_SECONDS * 4):
            rows = database.execute('SELECT text FROM mailbox WHERE "to" = ? ORDER BY message_id DESC', (address,))
            for (text,) in rows.fetchall():
                found = re.search(rf"\S+{path}#\S+", text)
                if found:
                    link = urlsplit(found[0])
                    return f"{link.path}#{link.fragment}"
            time.sleep(0.25)
    raise AssertionError(f"no link to {path} came to the mailbox")


def follow(page: Page, link: str) -> None:
    """As from a mail program: a load of its own, also when only the fragment differs."""
    page.goto("about:blank")
    page.goto(link)


def test_a_new_account_is_confirmed_by_the_link_in_the_mailbox(visitor: Visitor, shop: RunningServer) -> None:
    page, faults = visitor(width=390, theme="dark")
    address = new_address()
    register(page, address)
    page.goto("/account")
    expect(main(page)).to_contain_text("Not confirmed")
    link = mailed_link(shop, address, "/confirm")
    follow(page, link)
    expect(main(page)).to_contain_text(address)
    page.goto("/account")
    expect(main(page)).to_contain_text("Not confirmed")  # looking at the link is not following it
    follow(page, link)
    page.get_by_role("button", name="Confirm this address").click()
    expect(page.get_by_role("heading", name="Your e-mail is confirmed")).to_be_focused()
    assert page.evaluate("location.hash") == ""
    follow(page, link)
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    page.get_by_role("link", name="Your account").click()
    expect(section(page, "E-mail")).to_contain_text("Confirmed")
    assert faults.seen == []


def test_a_link_of_an_e_mail_opens_out_of_the_mailbox(visitor: Visitor, shop: RunningServer) -> None:
    page, _ = visitor()
    address = new_address()
    register(page, address)
    mailed_link(shop, address, "/confirm")
    admin, faults = visitor(signed_in=ADMIN)
    admin.goto("/admin/notifications")
    answers: list[Response] = []
    admin.on("response", lambda answer: answers.append(answer) if "_dash-update" in answer.url else None)
    admin.locator(".mail-row", has_text=address).click()
    letter = admin.frame_locator("iframe.mail-frame").first
    with admin.expect_popup() as opened:
        letter.get_by_role("link", name="Confirm the address").click()
    tab = opened.value
    expect(tab.get_by_role("button", name="Confirm this address")).to_be_visible()
    expect(main(tab)).to_contain_text(address)
    expect(letter.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()  # still there to read
    assert faults.seen == []
    # Once: drawn again, a letter is taken from under the hand of who clicks in it.
    assert sum("srcDoc" in answer.text() for answer in answers if answer.status == HTTPStatus.OK) == 1


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(visitor: Visitor, shop: RunningServer) -> None:
    page, faults = visitor()
    address = new_address()
    register(page, address)
    forgetful, more_faults = visitor()
    forgetful.goto("/login")
    forgetful.get_by_role("link", name="Forgot your password?").click()
    expect(forgetful.get_by_role("heading", name="Forgotten password")).to_be_visible()  # and not the sign-in's field
    forgetful.get_by_label("E-mail").fill(address)
    forgetful.get_by_role("button", name="Send the link").click()
    expect(main(forgetful)).to_contain_text("Check your inbox")
    link = mailed_link(shop, address, "/reset")
    follow(forgetful, link)
    expect(main(forgetful)).to_contain_text(address)
    forgetful.get_by_label("New password").fill(NEW_PASSWORD)
    forgetful.get_by_role("button", name="Set password").click()
    forgetful.wait_for_url(re.compile(r"/login\?done=reset$"))
    expect(main(forgetful)).to_contain_text("Your new password is set")
    assert not is_signed_in(page)

    forgetful.go_back()
    forgetful.wait_for_url(re.compile(r"^[^?]*/reset$"))  # without the token
    follow(forgetful, link)
    expect(forgetful.get_by_role("heading", name="This link no longer works")).to_be_visible()
    sign_in(forgetful, address, PASSWORD)
    expect(main(forgetful)).to_contain_text("E-mail or password is wrong")
    sign_in(forgetful, address, NEW_PASSWORD, after="/orders")
    forgetful.wait_for_url(re.compile(r"^[^?]*/orders$"))
    assert faults.seen == more_faults.seen == []


CLICK_WHEN_DRAWN = """
new MutationObserver((_, observer) => {
  const button = document.getElementById("login-go");
  if (!button) return;
  observer.disconnect();
  setTimeout(() => button.click(), 10);
}).observe(document, { childList: true, subtree: true });
"""


def test_a_click_counts_as_soon_as_its_button_is_drawn(visitor: Visitor) -> None:
    page, faults = visitor()
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url) if "_dash-update-component" in request.url else None)
    page.add_init_script(CLICK_WHEN_DRAWN)
    page.goto("/login")
    expect(main(page)).to_contain_text("E-mail or password is wrong")
    assert len(calls) == 2  # the page, and the click: nothing is asked for buttons that nobody clicked
    assert faults.seen == []


def test_a_second_factor_is_set_up_and_asked_for(visitor: Visitor) -> None:
    page, faults = visitor(width=390)
    address = new_address()
    register(page, address)
    page.goto("/account/security")
    section(page, "Second factor").get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_alt_text("QR code for the authenticator app")).to_be_visible()
    assert page.evaluate("document.querySelector('.setup-qr').naturalWidth") > 100
    totp = pyotp.TOTP(page.locator(".secret-text").inner_text().replace(" ", ""))
    page.get_by_label("Type the six digits").fill(totp.now())
    page.get_by_label("Type the six digits").press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_focused()
    codes = page.get_by_label("Recovery codes").inner_text().split()
    assert len(codes) == 10
    page.get_by_role("button", name="I have saved them").click()
    expect(section(page, "Second factor")).to_contain_text("10 recovery codes left")
    page.reload()
    expect(section(page, "Second factor")).to_contain_text("10 recovery codes left")
    assert is_signed_in(page)

    page.locator(".account-menu .dropdown-toggle").click()
    page.locator("#sign-out").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    sign_in(page, address, PASSWORD, after="/account")
    page.wait_for_url(re.compile(r"/login/code\?next="))
    assert not is_signed_in(page)
    page.get_by_label("Code").fill("not a code")
    page.get_by_label("Code").press("Enter")
    expect(main(page)).to_contain_text("This code is wrong")
    page.get_by_label("Code").fill(totp.at(int(time.time()) + STEP_SECONDS))  # this step's was used to turn it on
    page.get_by_label("Code").press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/account$"))
    assert is_signed_in(page)

    for attempt, code in enumerate((codes[0], codes[0].lower())):
        page.goto("about:blank")  # a page that is open would ask on, and be told that its session is gone
        page.context.clear_cookies()
        sign_in(page, address, PASSWORD)
        page.wait_for_url(re.compile(r"^[^?]*/login/code$"))
        page.get_by_label("Code").fill(code)
        page.get_by_label("Code").press("Enter")
        if attempt == 0:
            page.wait_for_url(lambda url: urlsplit(url).path == "/")
        else:
            expect(main(page)).to_contain_text("This code is wrong")
    assert faults.seen == []


def test_a_new_address_is_used_once_its_link_was_followed(visitor: Visitor, shop: RunningServer) -> None:
    page, faults = visitor()
    old, new = new_address(), new_address()
    register(page, old)
    page.goto("/account")
    page.locator("summary", has_text="Change e-mail").click()
    page.get_by_label("New e-mail").fill(new)
    page.get_by_label("New e-mail").press("Enter")  # without the password
    expect(main(page)).to_contain_text("Type your current password")
    section(page, "E-mail").get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Send the link").click()
    expect(main(page)).to_contain_text("We sent a link to")
    link = mailed_link(shop, new, "/confirm")

    reader, more_faults = visitor()  # in another browser, where nobody is signed in
    follow(reader, link)
    reader.get_by_role("button", name="Confirm this address").click()
    expect(reader.get_by_role("heading", name="Your e-mail is confirmed")).to_be_visible()
    sign_in(reader, new, PASSWORD)
    reader.wait_for_url(lambda url: urlsplit(url).path == "/")
    stale, _ = visitor()
    sign_in(stale, old, PASSWORD)
    expect(main(stale)).to_contain_text("E-mail or password is wrong")
    assert faults.seen == more_faults.seen == []


def test_data_are_downloaded_and_then_the_account_is_closed(visitor: Visitor) -> None:
    page, faults = visitor()
    address = new_address()
    register(page, address)
    page.goto("/account")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert download.value.suggested_filename == "my-data.json"
    data = json.loads(Path(download.value.path()).read_text())
    assert data["profile"]["email"] == address

    page.locator("summary", has_text="Close account").click()
    section(page, "Close account").get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Close my account for good").click()
    page.wait_for_url(re.compile(r"/login\?done=closed$"))
    expect(main(page)).to_contain_text("Your account is closed")
    assert not is_signed_in(page)
    sign_in(page, address, PASSWORD)
    expect(main(page)).to_contain_text("E-mail or password is wrong")
    assert faults.seen == []


def test_a_token_works_until_it_is_revoked(visitor: Visitor, shop: RunningServer) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/account/security")
    page.locator("summary", has_text="New token").click()
    page.get_by_role("button", name="Create token").click()
    expect(main(page)).to_contain_text("Say what the token is for")
    page.get_by_label("What is it for?").fill("Stock sync")
    page.get_by_role("checkbox", name="Shop").check()
    page.get_by_role("checkbox", name="Customers").check()
    section(page, "API tokens").get_by_label("Current password").fill(ADMIN[1])
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text("Stock sync is ready")).to_be_visible()
    for name in ("Till", "Robot"):  # the form has folded away, empty
        expect(page.get_by_label("What is it for?")).to_be_hidden()
        page.locator("summary", has_text="New token").click()
        expect(page.get_by_label("What is it for?")).to_have_value("")
        expect(page.get_by_role("checkbox", name="Customers")).not_to_be_checked()
        expect(section(page, "API tokens").get_by_label("Current password")).to_have_value("")
        page.get_by_label("What is it for?").fill(name)
        page.get_by_role("checkbox", name="Shop").check()
        page.get_by_role("checkbox", name="Customers").check()
        section(page, "API tokens").get_by_label("Current password").fill(ADMIN[1])
        page.get_by_role("button", name="Create token").click()
        expect(page.get_by_text(f"{name} is ready")).to_be_visible()
        expect(page.locator(".notice", has_text=f"{name} is ready")).to_be_focused()
    secret = page.locator("#account-security-token-secret").inner_text()
    header = {"Authorization": f"Bearer {secret}"}
    assert requests.get(f"{shop.url}/api/orders", headers=header, timeout=10).status_code == 200
    assert requests.get(f"{shop.url}/api/get_users", headers=header, timeout=10).status_code == 200
    assert requests.delete(f"{shop.url}/api/delete_product/x", headers=header, timeout=10).status_code == 403
    page.reload()
    expect(section(page, "API tokens").get_by_role("list")).to_contain_text("Last used")
    assert secret not in page.content()
    for name in ("Stock sync", "Till", "Robot"):
        page.get_by_role("button", name=f"Revoke {name}").click()
        expect(page.get_by_role("button", name=f"Revoke {name}")).to_have_count(0)
    expect(section(page, "API tokens")).to_contain_text("No tokens yet")
    assert requests.get(f"{shop.url}/api/orders", headers=header, timeout=10).status_code == 401
    assert faults.seen == []


def test_a_changed_password_keeps_this_browser_and_ends_the_others(visitor: Visitor) -> None:
    page, faults = visitor()
    other, _ = visitor()
    address = new_address()
    register(page, address)
    sign_in(other, address, PASSWORD, after="/account")
    other.wait_for_url(re.compile(r"^[^?]*/account$"))
    page.goto("/account/security")
    section(page, "Password").get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("You are signed out everywhere else")).to_be_visible()
    expect(page.get_by_label("New password")).to_have_value("")
    assert is_signed_in(page)
    assert not is_signed_in(other)
    assert faults.seen == []


@pytest.mark.parametrize("width", [1440, 390])
def test_every_account_page_fits_its_width_with_everything_open(visitor: Visitor, width: int) -> None:
    page, faults = visitor(width=width, theme="dark" if width == 390 else "light", signed_in=ADMIN)
    for path in ("/account", "/account/security", "/forgot", "/reset", "/confirm#x", "/invite#x"):
        page.goto(path)
        page.locator("main h1").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
        if path == "/account/security":
            section(page, "Second factor").get_by_label("Current password").fill(ADMIN[1])
            page.get_by_role("button", name="Set up").click()
            page.get_by_alt_text("QR code").wait_for()
        faults.check(page.locator("main h1").count() == 1, f"{path}: not one heading")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults.check(overflow <= 0, f"{path}: {overflow} px wider than the screen")
        bare = page.evaluate(
            "[...document.querySelectorAll('main input:not([type=hidden])')].filter((one) => !one.labels.length"
            " && !one.closest('[aria-hidden=true]')).map((one) => one.id)"
        )
        faults.check(bare == [], f"{path}: without a label: {bare}")
    assert faults.seen == []
