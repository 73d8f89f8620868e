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
import time
from collections.abc import Callable, Iterator
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
from tests.e2e.conftest import ADMIN
from tests.support.chromium import launch_chromium
from tests.support.mariadb import MariaDb, mariadb_or_skip
from tests.support.server import ROOT, RunningServer

ORDERS, VIEWERS = 500, 2_000
ORDERS_A_SECOND = 20
WINDOW_SECONDS = 30
CLIENTS = 2  # processes that hold the viewers' streams
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
    """Buys one unit of what there is most of, each time; in this process."""
    built = composition.build(settings, open_database(settings))
    install(built)
    built.catalog.refresh()
    product = max(built.catalog.all(), key=lambda one: one.stock)
    built.inventory.receive(product.product_id, 50_000, Actor("bench"))

    def buy() -> None:
        owner = f"guest#{time.time_ns()}"
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
    ages: list[float]
    cpu: float  # cores
    memory: float  # MB of all server processes
    queries: float  # a second


def with_viewers(shop: Shop, cookies: dict[str, str], viewers: int, orders_a_second: int) -> Measured:
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    shares = [viewers // CLIENTS + (n < viewers % CLIENTS) for n in range(CLIENTS)]
    clients = [_viewers(shop.server.port, cookie, share) for share in shares if share]
    opened = sum(int(_line(client).split()[1]) for client in clients)
    print(f"  {opened:,} streams open", flush=True)
    context = multiprocessing.get_context("spawn")
    is_over = context.Event()
    selling = context.Process(target=sell, args=(shop.settings, orders_a_second, is_over))
    if orders_a_second:
        selling.start()
        time.sleep(8)  # its start is not what is measured
    processes = shop.processes
    before, cpu_before, started = shop.queries(), _cpu(processes), time.monotonic()
    for client in clients:
        _say(client)
    time.sleep(WINDOW_SECONDS)
    seconds = time.monotonic() - started
    queries, cpu = (shop.queries() - before) / seconds, (_cpu(processes) - cpu_before) / seconds
    memory = sum(process.memory_info().rss for process in processes) / 1e6
    for client in clients:
        _say(client)
    ages = [age for client in clients for age in json.loads(_line(client))]
    is_over.set()
    for client in clients:
        client.kill()
        client.wait()
    if orders_a_second:
        selling.join(30)
        selling.kill()
    return Measured(ages, cpu, memory, queries)


def _viewers(port: int, cookie: str, count: int) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.benchmarks.viewers", str(port), cookie, str(count)]
    return subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(client: subprocess.Popen[str]) -> str:
    assert client.stdout is not None
    return client.stdout.readline()


def _say(client: subprocess.Popen[str]) -> None:
    assert client.stdin is not None
    client.stdin.write("\n")
    client.stdin.flush()


def sell(settings: Settings, orders_a_second: int, is_over: Any) -> None:
    """In a process of its own: so many orders a second, as far as the machine goes."""
    buy, made, started = buyer(settings), 0, time.monotonic()
    while not is_over.is_set():
        buy()
        made += 1
        time.sleep(max(0.0, started + made / orders_a_second - time.monotonic()))
    print(f"  {made / (time.monotonic() - started):.1f} orders a second were placed", flush=True)


def _cpu(processes: list[psutil.Process]) -> float:
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


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
            (name, with_viewers(shop, cookies, count, rate))
            for name, count, rate in (
                ("1, nothing sold", 1, 0),
                (f"{viewers:,}, nothing sold", viewers, 0),
                (f"1, {ORDERS_A_SECOND} orders a second", 1, ORDERS_A_SECOND),
                (f"{viewers:,}, {ORDERS_A_SECOND} orders a second", viewers, ORDERS_A_SECOND),
            )
        ]
        print(f"  {'screens':<30}{'event age, ms':>24}{'events':>9}{'cores':>7}{'MB':>7}{'queries/s':>11}")
        for name, found in rows:
            age = percentiles(found.ages) if found.ages else "-"
            cells = f"{age:>24}{len(found.ages):>9,}{found.cpu:>7.2f}{found.memory:>7,.0f}{found.queries:>11.1f}"
            print(f"  {name:<30}{cells}")
        each = (rows[1][1].memory - rows[0][1].memory) / max(1, viewers - 1) * 1000
        print(f"  {each:,.0f} KB a viewer; queries with {viewers:,} against one, nothing sold: "
              f"x{rows[1][1].queries / rows[0][1].queries:.2f}")  # fmt: skip
        if len(rows[3][1].ages) > 1:
            print(f"  mean age with sales {statistics.mean(rows[3][1].ages) * 1000:,.0f} ms")


if __name__ == "__main__":
    given = [int(text.replace("_", "")) for text in sys.argv[1:]]
    main(*(given + [ORDERS, VIEWERS][len(given) :]))
