"""Take docs/screenshots/: every page at 1440 px and 390 px, light and dark, from a fresh demo shop of its own.

Usage: python scripts/screenshots.py [OUTPUT_DIR]
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import psutil
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
ADMIN = ("owner@shop.example", "quiet-otter-42-lamp")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    staff: bool = False
    full: bool = True
    click: str = ""  # what to open first, as a selector
    key: str = ""  # what to press first, and how often
    presses: int = 0


SHOTS = (
    Shot("home", "/"),
    Shot("search", "/?q=cusion"),
    Shot("product", "/product/{product}"),
    Shot("cart", "/cart"),
    Shot("checkout", "/checkout"),
    Shot("login", "/login"),
    Shot("register", "/register"),
    Shot("forgot", "/forgot"),
    Shot("api-docs", "/api/docs", full=False),
    Shot("account", "/account", staff=True),
    Shot("account-security", "/account/security", staff=True),
    Shot("orders", "/orders", staff=True),
    Shot("invoice", "/orders/{order}", staff=True),
    Shot("admin-overview", "/admin", staff=True),
    Shot("admin-stock", "/admin/stock", staff=True),
    Shot("admin-time-machine", "/admin/time-machine", staff=True),
    Shot("admin-replay", "/admin/replay", staff=True),
    Shot("admin-inventory", "/admin/inventory", staff=True),
    Shot("admin-several", "/admin/inventory/several", staff=True),
    Shot("admin-reorder-settings", "/admin/reorder-settings", staff=True),
    Shot("admin-receiving", "/admin/receiving", staff=True),
    Shot("admin-forecasts", "/admin/forecasts", staff=True),
    Shot("admin-orders", "/admin/orders", staff=True),
    Shot("admin-order", "/admin/orders/{order}", staff=True),
    Shot("admin-returns", "/admin/returns", staff=True),
    Shot("admin-customers", "/admin/customers", staff=True),
    Shot("admin-customer", "/admin/customers/12", staff=True),
    Shot("admin-calendar", "/admin/calendar", staff=True),
    Shot("admin-alerts", "/admin/alerts", staff=True),
    Shot("admin-webhooks", "/admin/webhooks", staff=True),
    Shot("admin-notifications", "/admin/notifications", staff=True, click=".mail-row"),
    Shot("admin-mails", "/admin/mails", staff=True),
    Shot("admin-staff", "/admin/staff", staff=True),
    Shot("admin-audit", "/admin/audit", staff=True),
    Shot("admin-screens", "/admin/screens", staff=True),
    Shot("admin-discounts", "/admin/discounts", staff=True),
    Shot("admin-goals", "/admin/goals", staff=True),
    Shot("admin-tax", "/admin/tax", staff=True),
    Shot("admin-settings", "/admin/settings", staff=True),
    Shot("admin-shipping", "/admin/settings/shipping", staff=True),
    Shot("wall", "/wall", staff=True, full=False),
    Shot("wall-day", "/wall", staff=True, full=False, key="ArrowRight", presses=1),
    Shot("wall-map", "/wall", staff=True, full=False, key="ArrowRight", presses=4),
    Shot("wall-stock", "/wall", staff=True, full=False, key="ArrowRight", presses=5),
    Shot("wall-pairing", "/wall", full=False),
)


def main() -> int:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with shop() as (base, server), sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        product, order = buy_something(base)
        for theme in ("light", "dark"):
            for size in SIZES:
                take_all(browser, base, target, theme, size, {"product": product, "order": str(order)})
        take_outage(browser, base, server, target / "wall-server-away-desktop-dark.webp")
        browser.close()
    print(f"{len(list(target.glob('*.webp')))} pictures in {target}")
    return 0


@contextmanager
def shop() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A demo shop of its own on a free port; yields its base URL and its main process."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {**os.environ, "DATA_DIR": data, "PORT": str(port), "WEB_WORKERS": "1"}
        run = [sys.executable, "-m", "app"]
        for command in (["migrate"], ["demo"]):
            subprocess.run([*run, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        admin = ["create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin"]
        subprocess.run([*run, *admin], cwd=ROOT, env=environment, check=True, input=ADMIN[1], text=True)
        server = subprocess.Popen([*run, "serve"], cwd=ROOT, env=environment)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def wait_until_ready(base: str) -> None:
    for _ in range(120):
        try:
            if httpx.get(f"{base}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit("the shop did not start within a minute")


def buy_something(base: str) -> tuple[str, int]:
    """One order of the admin's, so that invoice and history have something to show."""
    with httpx.Client(base_url=base, headers={"Origin": base}, timeout=30) as client:
        client.post("/api/login", json={"email": ADMIN[0], "password": ADMIN[1]}).raise_for_status()
        in_stock = [p for p in client.get("/api/products").json() if p["stock"] > 5]
        for product in in_stock[:3]:
            client.post("/api/cart", json={"id": product["product_id"]}).raise_for_status()
        order = client.post("/api/record_payment").raise_for_status().json()["order_id"]
        time.sleep(2)  # the receipt arrives
        return in_stock[0]["product_id"], order


def take_all(browser: Browser, base: str, target: Path, theme: str, size: str, values: dict[str, str]) -> None:
    width, height = SIZES[size]
    for staff in (False, True):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        page = context.new_page()
        if staff:
            sign_in(context, base)
        else:
            fill_cart(context, base, values["product"])
        for shot in SHOTS:
            if shot.staff == staff:
                take(page, base, shot, target / f"{shot.name}-{size}-{theme}.webp", values)
        context.close()


def take_outage(browser: Browser, base: str, server: subprocess.Popen[bytes], path: Path) -> None:
    """What the wall shows while the server hangs."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page = context.new_page()
    sign_in(context, base)
    page.goto(f"{base}/wall")
    page.wait_for_timeout(4000)
    page.keyboard.press(" ")  # stay on this scene
    for process in (server.pid, *(child.pid for child in psutil.Process(server.pid).children())):
        os.kill(process, signal.SIGSTOP)
    page.wait_for_timeout(22_000)
    save(page.screenshot(), path)
    for process in (*(child.pid for child in psutil.Process(server.pid).children()), server.pid):
        os.kill(process, signal.SIGCONT)
    context.close()


def save(picture: bytes, path: Path) -> None:
    Image.open(BytesIO(picture)).convert("RGB").save(path, quality=88)


def sign_in(context: BrowserContext, base: str) -> None:
    answer = context.request.post(
        f"{base}/api/login", data={"email": ADMIN[0], "password": ADMIN[1]}, headers={"Origin": base}
    )
    assert answer.ok, answer.text()


def fill_cart(context: BrowserContext, base: str, product: str) -> None:
    page = context.new_page()
    page.goto(f"{base}/product/{product}")
    page.get_by_role("button", name="Add to cart").first.click()
    expect(page.locator("#cart-count")).to_have_text("1", timeout=20_000)
    page.close()


def take(page: Page, base: str, shot: Shot, path: Path, values: dict[str, str]) -> None:
    page.goto(base + shot.path.format(**values))
    page.wait_for_selector("main h1", state="attached", timeout=20_000)
    page.wait_for_timeout(2500)
    for _ in range(shot.presses):
        page.keyboard.press(shot.key)
        page.wait_for_timeout(1200)
    if shot.click:
        page.locator(shot.click).first.click()
        page.wait_for_timeout(1200)
    # On a phone the whole page would show the sticky bar in its middle.
    is_whole = shot.full and "-phone" not in path.stem
    if is_whole:  # nobody scrolls to what is loaded when it comes into view
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach((one) => { one.loading = 'eager'; })")
    for _ in range(100):
        if page.evaluate("[...document.images].every((one) => one.complete || one.loading === 'lazy')"):
            break
        page.wait_for_timeout(100)
    picture = page.screenshot(full_page=is_whole)
    save(picture, path)


if __name__ == "__main__":
    sys.exit(main())
