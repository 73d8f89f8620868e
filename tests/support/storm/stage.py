"""The shop as it runs in production, on one machine: two web processes, a worker, MariaDB and a DynamoDB."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import requests

from app.domain import Product, Role
from app.services import Services
from app.settings.environment import Settings
from app.stores.sql.engine.database import Database
from app.wiring import composition
from tests.support.server import ROOT, RunningServer
from tests.support.shop import PASSWORD, add_people, add_product
from tests.support.storm.killswitch import Kill, Orders
from tests.support.storm.post_office import PostOffice
from tests.support.storm.shoppers import TIMEOUT_SECONDS, Gate, Journal, Shopper

ENTRY = "tests.support.storm.entry:create_app()"
WORKER = "tests.support.storm.entry"
PRODUCTS = 6
OPENING_STOCK = 40
KEEPERS = 3  # who count stock
FROZEN_SECONDS = 7  # longer than the leases of storm.entry


class Stage:
    """Start it with `open`; everything it started ends with `close`."""

    def __init__(self, folder: Path, settings: Settings, environment: dict[str, str], office: PostOffice) -> None:
        self.office = office
        self.deaths = 0  # and freezes, which end in the same: somebody else takes the work over
        self._folder = folder
        self.kills = Orders(folder)
        self.gate = Gate()
        self.journal = Journal()
        self.server = RunningServer(folder, workers=2, entry=ENTRY, STORM_FOLDER=str(folder), **environment)
        self.server.command("migrate")
        self.database = Database(settings.resolved_database_url)
        self.services: Services = composition.build(settings, self.database)
        self._worker: subprocess.Popen[bytes] | None = None
        self._is_open = False
        self._helpers: list[threading.Thread] = []
        self.shoppers: list[Shopper] = []
        self.products: list[Product] = []

    def open(self, shoppers: int, seed: int, opening_stock: int = OPENING_STOCK) -> None:
        add_people(self.database, shoppers, verified=True)  # so that every receipt leaves
        add_people(self.database, KEEPERS, prefix="keeper", role=Role.ADMIN)
        self.products = [
            add_product(self.services, f"Stormy cup {n}", 1_000 + n, opening_stock) for n in range(PRODUCTS)
        ]
        self._is_open = True
        self.server.start()
        self._start(self._keep_worker, "keeper of the worker")
        for n in range(KEEPERS):
            self._start(partial(self._keep_stock, n, random.Random(seed + n)), f"stock keeper {n}")
        ids = [product.product_id for product in self.products]
        self.shoppers = [
            Shopper(self.server.url, f"buyer{n}@shop.example", ids, self.journal, self.gate, seed * 1000 + n)
            for n in range(shoppers)
        ]
        for shopper in self.shoppers:
            shopper.start()

    def close(self) -> None:
        self._is_open = False
        self.gate.end()
        self.server.kill()
        if self._worker is not None:
            self._worker.kill()
        for thread in (*self._helpers, *self.shoppers):
            thread.join(TIMEOUT_SECONDS)
        self.services.live.close()
        self.database.dispose()

    # --- killing

    def kill_at(self, kill: Kill, seconds: float) -> bool:
        """Whether some process died at that step in time, or froze there until others had its work."""
        self.kills.give(kill)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.kills.is_done(kill):
            time.sleep(0.02)
        self.kills.take_back()
        if not self.kills.is_done(kill):
            return False
        self.deaths += 1
        if kill.freezes:
            time.sleep(FROZEN_SECONDS)
            self.kills.thaw(kill)
        return True

    def kill_a_web_process(self) -> None:
        for worker in psutil.Process(self.server.pid).children()[:1]:
            os.kill(worker.pid, signal.SIGKILL)
            self.deaths += 1

    def kill_the_worker(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self.deaths += 1

    def kill_everything(self) -> None:
        """All at once, as when the machine goes; then it comes back."""
        self.kill_the_worker()
        self.server.kill()
        self.deaths += 2  # of two web processes
        self.server.start()

    # --- rest

    def pause(self) -> None:
        """Let every shopper finish the purchase in hand, whatever it takes."""
        self.gate.close()
        for shopper in self.shoppers:
            assert shopper.is_idle.wait(240), f"{shopper.name} is still waiting for an answer\n{self.server.log()}"

    # --- what goes on beside the shoppers

    def _start(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._helpers.append(thread)

    def _keep_worker(self) -> None:
        """Starts the worker again whenever it died, as an orchestrator does."""
        log = (self._folder / "worker.log").open("ab")
        with log:
            while self._is_open:
                self._worker = subprocess.Popen(
                    [sys.executable, "-m", WORKER],
                    cwd=ROOT,
                    env=self.server.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
                self._worker.wait()

    def _keep_stock(self, number: int, chance: random.Random) -> None:
        """An admin who counts a product anew, over the API, every now and then: mostly up, sometimes to nothing."""
        session = requests.Session()
        pair = {"email": f"keeper{number}@shop.example", "password": PASSWORD}
        is_signed_in = False
        while self._is_open:
            time.sleep(chance.uniform(0.05, 0.5))
            body = {"id": chance.choice(self.products).product_id, "stock": chance.choice((0, 2, 20, 40, 80))}
            try:
                if not is_signed_in:
                    is_signed_in = session.post(f"{self.server.url}/api/login", json=pair, timeout=20).ok
                    continue
                if self.gate.is_open:
                    counted = session.post(f"{self.server.url}/api/update_stock", json=body, timeout=20)
                    self.journal.counted(counted.status_code)
            except requests.RequestException:
                continue  # a count that was interrupted is finished by the worker; this admin just goes on
