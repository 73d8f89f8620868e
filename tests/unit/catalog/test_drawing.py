"""Drawn pictures as JPEG: drawn in a process of their own, so that nothing here stands still meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from app.errors import StoreUnavailable
from app.pictures import draw
from app.services.catalog import drawing


def longest_gap(work: Callable[[], object], every: float = 0.005) -> float:
    """Seconds for which a ticking thread was kept from ticking while `work` ran."""
    ticks, is_over = [time.perf_counter()], threading.Event()

    def tick() -> None:
        while not is_over.wait(every):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        work()
    finally:
        is_over.set()
        thread.join()
    return max(later - before for before, later in zip(ticks, [*ticks[1:], time.perf_counter()], strict=True))


def test_everybody_else_goes_on_while_one_is_drawn() -> None:
    svg = draw("p-1", "Blue mug with dots", "Ceramics")
    made: list[bytes] = []
    assert longest_gap(lambda: made.append(drawing.as_jpeg(svg))) < 0.15
    with Image.open(BytesIO(made[0])) as shown:
        assert (shown.format, shown.size) == ("JPEG", (800, 1000))


def test_what_takes_too_long_is_stopped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "PATIENCE", 0.05)
    began = time.perf_counter()
    with pytest.raises(StoreUnavailable):
        drawing.as_jpeg(draw("p-1", "Blue mug", "Ceramics"))
    assert time.perf_counter() - began < 1


def test_what_cannot_be_drawn_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreUnavailable):
        drawing.as_jpeg("no drawing")
    assert "could not be drawn" in caplog.text
