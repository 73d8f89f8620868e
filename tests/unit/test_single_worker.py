"""The worker's lock: one holder at a time, given up when the handle goes."""

from __future__ import annotations

from pathlib import Path

from app.stores.local.single_worker import acquire


def test_one_holds_it_until_it_lets_go(tmp_path: Path):
    path = tmp_path / "data" / "worker.lock"
    first = acquire(path)
    assert first is not None
    assert acquire(path) is None
    first.close()
    again = acquire(path)
    assert again is not None
    again.close()
