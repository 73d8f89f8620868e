"""The hub with real threads, and the stream over HTTP."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

import flask
import pytest
from flask.testing import FlaskClient

from app.domain import Access, Principal, WallView
from app.errors import Forbidden, NotSignedIn, StoreUnavailable, Throttled
from app.services.limits.stream_caps import StreamCaps
from app.services.wall.live_hub import LiveHub, Snapshot, StreamClosed, Subscription
from app.web.streams import live_routes
from app.web.streams.rechecks import Rechecks

FAST = 0.02


class Shop:
    """A shop whose snapshot can be changed, slowed and broken; it counts how often it is read."""

    def __init__(self) -> None:
        self.gross = 0
        self.reads = 0
        self.broken = False

    def read(self) -> Snapshot:
        self.reads += 1
        if self.broken:
            raise OSError("no database")
        return {"as_of": str(self.reads), "gross": self.gross}


def as_read(snapshot: Snapshot, view: WallView | None) -> Snapshot:
    return snapshot


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def hub(shop: Shop) -> Iterator[LiveHub]:
    hub = LiveHub(shop.read, as_read, interval=FAST, longest_silence=60, beat=60)
    yield hub
    hub.close()


def gross(subscription: Subscription, timeout: float = 5) -> int:
    event = subscription.get(timeout)
    assert event is not None, "no event came"
    value: int = json.loads(event)["gross"]
    return value


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(FAST / 4)


def hub_threads() -> int:
    return sum(thread.name == "live-hub" for thread in threading.enumerate())


class TestHub:
    def test_the_first_event_comes_at_once(self, hub: LiveHub) -> None:
        with hub.subscribe() as viewer:
            assert gross(viewer) == 0

    def test_two_viewers_share_one_reader(self, hub: LiveHub, shop: Shop) -> None:
        with hub.subscribe() as first, hub.subscribe() as second:
            assert (gross(first), gross(second)) == (0, 0)
            until(lambda: hub_threads() == 1)  # one of an earlier test may be on its way out
            shop.gross = 7
            # On a busy machine one that said 0 to break the silence may still be on its way.
            until(lambda: gross(first) == 7)
            until(lambda: gross(second) == 7)

    def test_reads_do_not_grow_with_viewers(self, hub: LiveHub, shop: Shop) -> None:
        viewers = [hub.subscribe() for _ in range(200)]
        before, started = shop.reads, time.monotonic()
        time.sleep(10 * FAST)
        assert shop.reads - before <= (time.monotonic() - started) / FAST + 2
        for viewer in viewers:
            viewer.close()

    def test_only_changes_are_sent(self, hub: LiveHub, shop: Shop) -> None:
        with hub.subscribe() as viewer:
            gross(viewer)
            reads = shop.reads
            until(lambda: shop.reads > reads + 3)  # `as_of` moved meanwhile, which is no news
            assert viewer.get(timeout=0) is None
            shop.gross = 1
            assert gross(viewer) == 1

    def test_silence_is_bounded(self, shop: Shop) -> None:
        hub = LiveHub(shop.read, as_read, interval=FAST, longest_silence=3 * FAST, beat=60)
        with hub.subscribe() as viewer:
            assert [gross(viewer), gross(viewer), gross(viewer)] == [0, 0, 0]
        hub.close()

    def test_nobody_reads_while_nobody_watches(self, hub: LiveHub, shop: Shop) -> None:
        with hub.subscribe() as viewer:
            gross(viewer)
        until(lambda: hub_threads() == 0)
        reads = shop.reads
        time.sleep(5 * FAST)
        assert shop.reads == reads
        with hub.subscribe() as viewer:
            assert gross(viewer) == 0

    def test_a_slow_viewer_keeps_the_newest(self, hub: LiveHub, shop: Shop) -> None:
        with hub.subscribe() as slow, hub.subscribe() as quick:
            for amount in range(1, 20):
                shop.gross = amount
                while gross(quick) != amount:
                    pass
            told = shop.reads
            until(lambda: shop.reads > told)  # the reader looks again once everybody has what it read before
            waiting = []
            while (event := slow.get(timeout=0)) is not None:
                waiting.append(json.loads(event)["gross"])
            assert len(waiting) <= 4
            assert waiting[-1] == 19

    def test_a_silence_is_broken_though_the_shop_cannot_be_read(self, shop: Shop) -> None:
        reading, may_end = threading.Event(), threading.Event()

        def hang() -> Snapshot:
            reading.set()
            may_end.wait(5)
            return shop.read()

        hub = LiveHub(hang, as_read, interval=FAST, longest_silence=60, beat=FAST)
        with hub.subscribe() as viewer:
            assert reading.wait(5)
            started = time.monotonic()
            assert [viewer.get(), viewer.get()] == [None, None]
            assert time.monotonic() - started < 5
            may_end.set()
        hub.close()

    def test_silences_that_wait_take_no_event_from_a_slow_viewer(self, shop: Shop) -> None:
        hub = LiveHub(shop.read, as_read, interval=FAST, longest_silence=60, beat=FAST)
        with hub.subscribe() as slow, hub.subscribe() as quick:
            for _ in range(12):
                quick.get()
            assert gross(slow) == 0
        hub.close()

    def test_a_failing_read_is_logged_once_and_viewers_keep_their_stream(
        self, hub: LiveHub, shop: Shop, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR), hub.subscribe() as viewer:
            gross(viewer)
            shop.broken = True
            reads = shop.reads
            until(lambda: shop.reads > reads + 3)
            assert viewer.get(timeout=0) is None
            shop.gross, shop.broken = 5, False
            assert gross(viewer) == 5
        assert len(caplog.records) == 1

    def test_an_event_that_cannot_be_made_ends_no_stream_either(self, shop: Shop) -> None:
        def shape(snapshot: Snapshot, view: WallView | None) -> Snapshot:
            if shop.gross == 13:
                raise ValueError("no words for it")
            return snapshot

        hub = LiveHub(shop.read, shape, interval=FAST, longest_silence=60, beat=60)
        with hub.subscribe() as viewer:
            gross(viewer)
            shop.gross = 13
            reads = shop.reads
            until(lambda: shop.reads > reads + 3)
            shop.gross = 14
            assert gross(viewer) == 14
        hub.close()

    def test_an_event_is_made_once_for_all_who_may_see_the_same(self, shop: Shop) -> None:
        made: list[tuple[int, WallView | None]] = []

        def shape(snapshot: Snapshot, view: WallView | None) -> Snapshot:
            made.append((snapshot["seq"], view))
            return snapshot

        hub = LiveHub(shop.read, shape, interval=FAST, longest_silence=60, beat=60)
        views = [None, WallView(), WallView(hides_money=True)] * 20
        viewers = [hub.subscribe(view) for view in views]
        for viewer in viewers:
            gross(viewer)
        shop.gross = 7
        for viewer in viewers:
            until(lambda viewer=viewer: gross(viewer) == 7)  # type: ignore[misc]
        hub.close()
        assert len(made) == len(set(made))

    def test_closing_ends_every_stream_and_admits_no_new_one(self, hub: LiveHub) -> None:
        viewer = hub.subscribe()
        ended = threading.Event()
        thread = threading.Thread(target=lambda: (list(viewer), ended.set()))
        thread.start()
        hub.close()
        assert ended.wait(5)
        with pytest.raises(StreamClosed):
            hub.subscribe()

    def test_a_snapshot_is_shared_by_those_who_ask_within_a_second(self, shop: Shop) -> None:
        hub = LiveHub(shop.read, as_read, interval=60)
        assert hub.snapshot()["seq"] == hub.snapshot()["seq"] == 1
        assert shop.reads == 1


class Door:
    """Stands for `require`: says what the next answers are."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def require(self, access: Access) -> Principal:
        assert access is Access.WATCH
        if self.error:
            raise self.error
        return Principal("user#1", 1)


@pytest.fixture
def door(hub: LiveHub, monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    monkeypatch.setattr(live_routes, "require", door.require)
    monkeypatch.setattr(live_routes, "services", lambda: type("Built", (), {"live": hub}))
    return door


@pytest.fixture
def client(door: Door) -> FlaskClient:
    server = flask.Flask("test")
    server.register_blueprint(live_routes.blueprint)
    return server.test_client()


class TestStream:
    def test_sends_events_and_tells_proxies_not_to_keep_them(self, client: FlaskClient, hub: LiveHub) -> None:
        response = client.get("/live/stream", buffered=False)
        chunks = (chunk.decode() for chunk in response.response)
        assert next(chunks).startswith("retry:")
        assert json.loads(next(chunks).removeprefix("data: "))["gross"] == 0
        assert response.mimetype == "text/event-stream"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert "no-cache" in response.headers["Cache-Control"]
        hub.close()
        assert list(chunks) == []

    def test_a_viewer_who_leaves_is_forgotten(self, client: FlaskClient, hub: LiveHub) -> None:
        response = client.get("/live/stream", buffered=False)
        next(iter(response.response))
        assert hub.watchers == 1
        response.close()
        until(lambda: hub.watchers == 0)

    def test_a_viewer_who_leaves_before_the_first_event_is_forgotten_too(
        self, client: FlaskClient, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "_caps", StreamCaps())
        client.get("/live/stream", buffered=False).close()
        until(lambda: hub.watchers == 0)
        assert len(live_routes._caps) == 0

    def test_a_session_that_holds_too_many_streams_gets_another_once_it_closes_one(
        self, client: FlaskClient, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "_caps", StreamCaps(per_session=2))
        client.application.testing = True
        first, second = client.get("/live/stream", buffered=False), client.get("/live/stream", buffered=False)
        for ask in (client.get, client.head):
            with pytest.raises(Throttled) as refused:
                ask("/live/stream")
            assert refused.value.retry_after == 30
        assert hub.watchers == 2
        second.close()
        assert client.head("/live/stream").status_code == 204
        client.get("/live/stream", buffered=False).close()
        first.close()
        assert (len(live_routes._caps), hub.watchers) == (0, 0)

    def test_a_server_that_restarts_counts_nobody(
        self, client: FlaskClient, hub: LiveHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "_caps", StreamCaps())
        client.application.testing = True
        hub.close()
        with pytest.raises(StoreUnavailable):
            client.get("/live/stream")
        assert len(live_routes._caps) == 0

    @pytest.mark.parametrize("error", [NotSignedIn(), Forbidden()])
    def test_strangers_get_no_stream(self, client: FlaskClient, door: Door, hub: LiveHub, error: Exception) -> None:
        door.error = error
        client.application.testing = True
        with pytest.raises(type(error)):
            client.get("/live/stream")
        assert hub.watchers == 0

    def test_ends_when_the_session_does(
        self, client: FlaskClient, door: Door, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "RECHECK_SECONDS", 0)
        monkeypatch.setattr(live_routes, "_rechecks", Rechecks(0))
        response = client.get("/live/stream", buffered=False)
        chunks = (chunk.decode() for chunk in response.response)
        next(chunks), next(chunks)
        door.error = NotSignedIn()
        shop.gross = 1
        assert list(chunks) == [live_routes.DENIED]

    def test_in_silence_beats_say_how_old_the_numbers_are(
        self, client: FlaskClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub = LiveHub(shop.read, as_read, interval=FAST, longest_silence=60, beat=FAST)
        monkeypatch.setattr(live_routes, "services", lambda: type("Built", (), {"live": hub}))
        response = client.get("/live/stream", buffered=False)
        chunks = (chunk.decode() for chunk in response.response)
        beats = [chunk for chunk in (next(chunks) for _ in range(8)) if chunk.startswith("event: beat")]
        assert len(set(beats)) > 1  # they say when the shop was read, and it is read again and again
        hub.close()

    def test_asking_whether_one_may_watch_opens_no_stream(self, client: FlaskClient, hub: LiveHub) -> None:
        assert client.head("/live/stream").status_code == 204
        assert hub.watchers == 0
