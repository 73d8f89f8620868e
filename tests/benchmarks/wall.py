"""The wall under load, on MariaDB and two web processes: from a payment to the pixel, and 2,000 screens against one.

Usage: make bench-wall, or python -m tests.benchmarks.wall [orders] [viewers]
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests
from playwright.sync_api import sync_playwright

from app.domain import Actor, ScreenSettings
from app.services import install
from app.services.checkout.checkout import CheckoutRequest
from app.settings.environment import Settings, load_settings
from app.wiring import composition
from app.wiring.stores import open_database
from tests.benchmarks.buyer import ADDRESS, CARD
from tests.benchmarks.processes import cpu_seconds
from tests.e2e.conftest import ADMIN
from tests.support.chromium import launch_chromium
from tests.support.mariadb import MariaDb, mariadb_or_skip
from tests.support.server import ROOT, RunningServer
from tests.support.unlimited import lift_budgets

ORDERS, VIEWERS = 500, 2_000
ORDERS_A_SECOND = 20
WINDOW_SECONDS = 30
BUYERS = 4
SECRET_KEY = "k" * 48

# When the number of orders on the wall changed, by the browser's clock.
WATCH_PIXEL = """() => {
  window.changes = [];
  const element = document.getElementById("wall-orders");
  new MutationObserver(() => {
    const text = element.textContent;
    requestAnimationFrame(() => window.changes.push([Number(text.replaceAll(",", "")), Date.now()]));
  }).observe(element, { childList: true, characterData: true, subtree: true });
}"""


@dataclass
class Shop:
    server: RunningServer
    database: MariaDb
    settings: Settings

    @property
    def processes(self) -> list[psutil.Process]:
        main = psutil.Process(self.server.pid)
        return [main, *main.children(recursive=True)]

    def queries(self) -> int:
        return int(self.database.run("SHOW GLOBAL STATUS LIKE 'Questions'")[0][1])


@contextmanager
def running_shop() -> Iterator[Shop]:
    with mariadb_or_skip() as database, tempfile.TemporaryDirectory() as folder:
        server = RunningServer(
            Path(folder),
            workers=2,
            DATABASE_URL=database.url,
            SECRET_KEY=SECRET_KEY,
            ALLOW_DEMO_PAYMENTS="true",
            RECONCILE_EVERY_HOURS="0",
        )
        with server:
            server.command("demo", "--orders", "2000")
            server.command("create-admin", "--email", ADMIN[0], "--name", "Asha", "--password-stdin", text=ADMIN[1])
            settings = load_settings(
                data_dir=Path(folder), database_url=database.url, secret_key=SECRET_KEY, allow_demo_payments=True
            )
            worker = subprocess.Popen([sys.executable, "-m", "app", "worker"], cwd=ROOT, env=server.environment)
            try:
                yield Shop(server, database, settings)
            finally:
                worker.terminate()
                worker.wait(30)


def buyer(settings: Settings) -> Callable[[], None]:
    """Buys one unit of what there is most of, each time; in this process, and without a buyer's budget."""
    lift_budgets()
    built = composition.build(settings, open_database(settings))
    install(built)
    built.catalog.refresh()
    product = max(built.catalog.all(), key=lambda one: one.stock)
    built.inventory.receive(product.product_id, 50_000, Actor("bench"))

    def buy() -> None:
        owner = f"guest#{uuid.uuid4().hex}"
        built.cart.add(owner, product.product_id)
        built.checkout.place(CheckoutRequest(owner, None, "b@shop.example", ADDRESS, CARD, None))

    return buy


def payment_to_pixel(shop: Shop, orders: int) -> list[float]:
    """Seconds from the answer to a payment until a browser showed it, one order after the other."""
    buy = buyer(shop.settings)
    taken = []
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        context = browser.new_context(base_url=shop.server.url, viewport={"width": 1920, "height": 1080})
        context.request.post(
            "/api/login", data={"email": ADMIN[0], "password": ADMIN[1]}, headers={"Origin": shop.server.url}
        )
        page = context.new_page()
        page.goto("/wall")
        page.locator(".wall-row").first.wait_for()
        page.keyboard.press(" ")  # stay on this scene
        page.wait_for_timeout(3000)
        page.evaluate(WATCH_PIXEL)
        shown = page.evaluate("retailWall.snapshot.today.orders")
        for number in range(1, orders + 1):
            buy()
            paid_at = time.time()
            while not (found := page.evaluate(f"window.changes.find(([count]) => count >= {shown + number})")):
                page.wait_for_timeout(50)
            taken.append(found[1] / 1000 - paid_at)
            time.sleep((number * 0.137) % 0.5)  # at every phase of the hub's second
        browser.close()
    return taken


@dataclass
class Measured:
    """`placed`: orders a second. `cores`: of all server processes; `reader_cores`: of who watches."""

    ages: list[float]
    cores: float
    reader_cores: float
    memory: float  # MB of all server processes
    queries: float  # a second
    placed: float


def with_viewers(shop: Shop, cookies: dict[str, str], viewers: int, orders_a_second: int, seconds: float) -> Measured:
    """That many screens watch for so long, while that many orders are placed, as far as the machine goes."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    program = [sys.executable, "-m", "tests.benchmarks.viewers", str(shop.server.port), cookie, str(viewers)]
    client = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        opened = int(_line(client).split()[1])
        assert opened == viewers, f"{opened} of {viewers} streams are open"
        with selling(shop.settings, orders_a_second) as placed:
            processes = shop.processes
            before, cpu, made, started = shop.queries(), cpu_seconds(processes), placed(), time.monotonic()
            _say(client)
            time.sleep(seconds)
            taken = time.monotonic() - started
            made, queries = placed() - made, shop.queries() - before
            cpu, memory = cpu_seconds(processes) - cpu, sum(process.memory_info().rss for process in processes) / 1e6
            _say(client)
            found = json.loads(_line(client))
        assert found["open"] == viewers, f"{found['open']} of {viewers} streams are left"
    finally:
        client.kill()
        client.wait()
    return Measured(found["ages"], cpu / taken, found["cores"], memory, queries / taken, made / taken)


def _line(client: subprocess.Popen[str]) -> str:
    assert client.stdout is not None
    return client.stdout.readline()


def _say(client: subprocess.Popen[str]) -> None:
    assert client.stdin is not None
    client.stdin.write("\n")
    client.stdin.flush()


@contextmanager
def selling(settings: Settings, orders_a_second: int) -> Iterator[Callable[[], int]]:
    """A process that places orders; gives how many it placed so far."""
    if not orders_a_second:
        yield lambda: 0
        return
    context = multiprocessing.get_context("spawn")
    made, is_over = context.Value("i", 0), context.Event()
    process = context.Process(target=_sell, args=(settings, orders_a_second, made, is_over))
    process.start()
    try:
        while not made.value:  # its start is not what is measured
            time.sleep(0.1)
        yield lambda: int(made.value)
    finally:
        is_over.set()
        process.join(30)
        process.kill()


def _sell(settings: Settings, orders_a_second: int, made: Any, is_over: Any) -> None:
    """Several buyers, so that the rate is not bounded by how long one order takes."""
    buy, started = buyer(settings), time.monotonic()
    with ThreadPoolExecutor(BUYERS) as buyers:
        begun = 0
        room = threading.BoundedSemaphore(BUYERS)

        def one() -> None:
            try:
                buy()
            finally:
                room.release()
            with made.get_lock():
                made.value += 1

        while not is_over.is_set():
            room.acquire()
            buyers.submit(one)
            begun += 1
            time.sleep(max(0.0, started + begun / orders_a_second - time.monotonic()))


def percentiles(values: list[float]) -> str:
    ordered = sorted(values)
    return " / ".join(f"{ordered[min(len(ordered) - 1, int(len(ordered) * p))] * 1000:,.0f}" for p in (0.5, 0.95, 0.99))


def paired_cookies(shop: Shop) -> dict[str, str]:
    client = requests.Session()
    client.headers["Origin"] = shop.server.url
    code = client.post(f"{shop.server.url}/wall/pairing", timeout=30).json()["code"]
    built = composition.build(shop.settings, open_database(shop.settings))
    built.screens.pair(code, ScreenSettings("Bench"), Actor("bench", 1))
    return dict(client.cookies)


def main(orders: int, viewers: int) -> None:
    with running_shop() as shop:
        if orders:
            print(f"\nFrom {orders} payments to the pixel, in ms (median / 95th / 99th)")
            print(f"  {percentiles(payment_to_pixel(shop, orders))}")
        cookies = paired_cookies(shop)
        print(f"\nScreens, {WINDOW_SECONDS} s each: one against {viewers:,}")
        rows = [
            (name, with_viewers(shop, cookies, count, rate, WINDOW_SECONDS))
            for name, count, rate in (
                ("1, nothing sold", 1, 0),
                (f"{viewers:,}, nothing sold", viewers, 0),
                (f"1, {ORDERS_A_SECOND} orders a second", 1, ORDERS_A_SECOND),
                (f"{viewers:,}, {ORDERS_A_SECOND} orders a second", viewers, ORDERS_A_SECOND),
            )
        ]
        heads = f"{'event age, ms':>24}{'events':>9}{'placed/s':>10}{'cores':>7}{'reader':>8}{'MB':>7}{'queries/s':>11}"
        print(f"  {'screens':<30}{heads}")
        for name, found in rows:
            age = percentiles(found.ages) if found.ages else "-"
            cells = f"{age:>24}{len(found.ages):>9,}{found.placed:>10.1f}{found.cores:>7.2f}{found.reader_cores:>8.2f}"
            print(f"  {name:<30}{cells}{found.memory:>7,.0f}{found.queries:>11.1f}")
        each = (rows[1][1].memory - rows[0][1].memory) / max(1, viewers - 1) * 1000
        print(f"  {each:,.0f} KB a viewer; queries with {viewers:,} against one, nothing sold: "
              f"x{rows[1][1].queries / rows[0][1].queries:.2f}")  # fmt: skip
        if len(rows[3][1].ages) > 1:
            print(f"  mean age with sales {statistics.mean(rows[3][1].ages) * 1000:,.0f} ms")


if __name__ == "__main__":
    given = [int(text.replace("_", "")) for text in sys.argv[1:]]
    main(*(given + [ORDERS, VIEWERS][len(given) :]))
