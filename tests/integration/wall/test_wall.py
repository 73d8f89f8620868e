"""A screen's way: a code, the pairing, the numbers and nothing else, and its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.domain import WEEKDAYS, Access, Actor, Role, Scene, Screen, ScreenSettings
from app.services import install
from app.services.limits.stream_caps import StreamCaps
from app.services.limits.throttle import PAIRING_ADDRESS, PAIRING_CODE
from app.services.qr_codes import qr_code
from app.web.page import PAGES
from app.web.streams import live_routes, wall_routes
from tests.conftest import WiredApp
from tests.integration.audit.test_audit_coverage import admin  # noqa: F401  # a fixture
from tests.support.dash_calls import navigate
from tests.support.shop import forget_attempts
from tests.support.staff_calls import Admin

OPS = Actor("ravi@shop.example", 77)


@pytest.fixture(autouse=True)
def fresh(wired_app: WiredApp) -> None:
    forget_attempts(wired_app.database)


@pytest.fixture
def pair(wired_app: WiredApp) -> Callable[..., tuple[FlaskClient, Screen]]:
    """A screen's own browser, and the screen."""

    def paired(settings: ScreenSettings | None = None) -> tuple[FlaskClient, Screen]:
        client = wired_app.client(None)
        code = client.post("/wall/pairing").json["code"]
        return client, wired_app.services.screens.pair(code, settings or ScreenSettings("Door"), OPS)

    return paired


def events(client: FlaskClient, path: str = "/wall/stream") -> Iterator[str]:
    response = client.get(path, buffered=False)
    assert response.status_code == 200, response.text
    return (chunk.decode() for chunk in response.response)


def first_snapshot(client: FlaskClient, path: str = "/wall/stream") -> dict[str, object]:
    for chunk in events(client, path):
        if chunk.startswith("data: {"):
            return dict(json.loads(chunk.removeprefix("data: ")))
    raise AssertionError("the stream ended")


class TestPairing:
    def test_a_strangers_screen_gets_a_code_and_no_number(self, wired_app: WiredApp):
        client = wired_app.client(None)
        page = navigate(client, "/wall").text
        assert "enter this code" in page
        assert "live-data" not in page
        begun = client.post("/wall/pairing")
        assert len(begun.json["code"]) == 6
        assert client.get("/wall/pairing").json == {"state": "waiting"}
        assert client.get("/wall/stream").status_code == 401
        cookie = begun.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_a_code_that_is_entered_on_the_page_brings_the_numbers(self, wired_app: WiredApp, admin: Admin):  # noqa: F811
        client = wired_app.client(None)
        code = client.post("/wall/pairing").json["code"]
        values = ("Warehouse door", ["orders", "now"], "30", True, True, False, "22:00", "06:30")
        answer = admin.press("admin.screens.save", None, f"{code[:3]} {code[3:]}", *values, None, None)
        assert "Warehouse door is paired" in answer.text
        assert client.get("/wall/pairing").json == {"state": "paired"}
        page = navigate(client, "/wall").text
        assert '"scenes":["orders","now"]' in page.replace(" ", "")
        assert first_snapshot(client)["money"] is False

    def test_its_qr_code_leads_to_the_page_that_lets_it_in_with_the_code_filled_in(self, wired_app: WiredApp):
        client = wired_app.client(None)
        begun = client.post("/wall/pairing", base_url="http://shop.lan:5000").json
        assert begun["qr"] == qr_code(f"http://shop.lan:5000/admin/screens?code={begun['code']}")
        assert f'"value":"{begun["code"]}"' in self.form(wired_app, begun["code"])
        for wrong in ("12345", "1234567", "abc", "%3Cb%3E", "１２３４５６"):
            assert f'"value":"{wrong}"' not in self.form(wired_app, wrong)

    def form(self, wired_app: WiredApp, code: str) -> str:
        return navigate(wired_app.client(Role.OPS), "/admin/screens", f"?code={code}").text

    def test_the_addresses_of_one_ipv6_network_share_the_codes_that_they_may_show(self, wired_app: WiredApp):
        client = wired_app.client(None)
        from_there = [
            client.post("/wall/pairing", environ_base={"REMOTE_ADDR": f"2001:db8:7:7::{n:x}"}).status_code
            for n in range(PAIRING_ADDRESS.burst + 3)
        ]
        assert from_there[: PAIRING_ADDRESS.burst] == [200] * PAIRING_ADDRESS.burst
        assert from_there[-1] == 429

    def test_a_screens_stream_is_outside_the_caps_of_people(
        self, wired_app: WiredApp, pair: Callable[..., tuple[FlaskClient, Screen]], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(live_routes, "_caps", StreamCaps(per_session=0, per_network=0))
        screen, _ = pair()
        assert first_snapshot(screen)
        staff = wired_app.client(Role.OPS)
        for path in ("/wall/stream", "/live/stream"):
            refused = staff.get(path)
            assert refused.status_code == staff.head(path).status_code == 429
            assert refused.headers["Retry-After"] == "30"
            assert "Too many live views" in refused.text

    def test_a_code_is_good_once(self, wired_app: WiredApp, admin: Admin):  # noqa: F811
        code = wired_app.client(None).post("/wall/pairing").json["code"]
        values = ("Door", ["today"], "30", False, True, False, "", "")
        admin.press("admin.screens.save", None, code, *values, None, None)
        assert "No screen shows this code" in admin.press("admin.screens.save", None, code, *values, None, None).text

    @pytest.mark.parametrize("code", [None, "", "12345", "1234567", "abcdef", 123456, ["1"], "１２３４５６"])
    def test_what_is_no_code_is_told_so(self, admin: Admin, code: object):  # noqa: F811
        answer = admin.press(
            "admin.screens.save", None, code, "Door", ["today"], "30", False, True, False, "", "", None, None
        )
        assert answer.status_code in (200, 400)
        assert "six digits" in answer.text

    def test_who_guesses_codes_is_slowed_down(self, wired_app: WiredApp, admin: Admin):  # noqa: F811
        values = ("Door", ["today"], "30", False, True, False, "", "")
        answers = [
            admin.press("admin.screens.save", None, f"{n:06}", *values, None, None).text
            for n in range(PAIRING_CODE.burst + 1)
        ]
        assert "No screen shows this code" in answers[-2]
        assert "No screen shows this code" not in answers[-1]
        assert "Try again" in answers[-1]

    def test_an_address_gets_so_many_codes_and_no_more(self, wired_app: WiredApp):
        client = wired_app.client(None)
        statuses = [client.post("/wall/pairing").status_code for _ in range(PAIRING_ADDRESS.burst + 1)]
        assert set(statuses[:-1]) == {200}
        assert statuses[-1] == 429

    def test_a_pairing_begun_from_another_site_is_refused(self, wired_app: WiredApp):
        answer = wired_app.client(None).post("/wall/pairing", headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403


class TestWhatAScreenMayHave:
    def test_the_walls_numbers_without_names(self, pair: Callable[..., tuple[FlaskClient, Screen]]):
        client, _ = pair()
        read = first_snapshot(client)
        assert {"today", "parts", "wall", "ages"} <= set(read)
        assert not {"stock", "low", "latest"} & set(read)

    def test_a_staff_page_gets_its_parts_and_not_the_walls_and_the_wall_the_other_way_round(self, wired_app: WiredApp):
        pages = first_snapshot(wired_app.client(Role.ADMIN), "/live/stream")
        wall = first_snapshot(wired_app.client(Role.ADMIN), "/live/stream?of=wall")
        assert "stock" in pages
        assert "wall" not in pages
        assert {"wall", "plain"} <= set(wall)
        assert "stock" not in wall

    def test_an_event_is_the_same_for_all_of_staff_whoever_looks(self, wired_app: WiredApp):
        seen = [first_snapshot(wired_app.client(role), "/live/stream") for role in (Role.ADMIN, Role.OPS, Role.ANALYST)]
        assert seen[0]["parts"] == seen[1]["parts"] == seen[2]["parts"]

    def test_a_page_says_whether_its_reader_may_follow_the_links_of_an_event(self, wired_app: WiredApp):
        assert '"data-follow":"1"' in navigate(wired_app.client(Role.ADMIN), "/admin").text
        assert "data-follow" not in navigate(wired_app.client(Role.OPS), "/admin").text

    def test_no_page_and_no_route_of_the_staff(self, pair: Callable[..., tuple[FlaskClient, Screen]]):
        client, _ = pair()
        for path in ("/live/stream", "/api/get_users", "/api/analytics/sales", "/admin", "/admin/screens"):
            assert client.get(path).status_code in (302, 401), path
        closed = [page for page in PAGES.values() if page.access not in (Access.PUBLIC,) and page.path]
        for page in closed:
            assert "turned-away" in navigate(client, page.path or "").text, page.name

    def test_the_busiest_hour_as_it_may_see_it(
        self, wired_app: WiredApp, pair: Callable[..., tuple[FlaskClient, Screen]]
    ):
        order = {
            "key": "a1",
            "order_id": 5,
            "number": "5",
            "at": "2026-11-22T10:00:00+00:00",
            "name": "Asha",
            "place": "Pune",
        }
        busiest = {"start": "2026-11-22T09:30:00+00:00", "latest": [{**order, "total": 52_500, "units": 2}]}
        install(replace(wired_app.services, peak=lambda: busiest))
        client, _ = pair(ScreenSettings("Hall", hides_money=True))
        (hidden,) = client.get("/wall/peak").json["orders"]
        (shown,) = wired_app.client(Role.OPS).get("/wall/peak").json["orders"]
        assert hidden["at"] == shown["at"] == order["at"]
        assert 'data-key="a1"' in hidden["row"]
        assert "Pune" in hidden["row"]
        assert not any(words in hidden["row"] for words in ("Asha", "525"))
        assert all(words in shown["row"] for words in ("Asha, Pune", "525"))

    @pytest.mark.parametrize("role", [None, Role.CUSTOMER])
    @pytest.mark.parametrize("path", ["/wall/stream", "/wall/peak"])
    def test_who_may_not_watch_gets_nothing(self, wired_app: WiredApp, role: Role | None, path: str):
        assert wired_app.client(role).get(path).status_code in (401, 403)

    @pytest.mark.parametrize("cookie", ["x", "", "é" * 50, "a" * 4000])
    def test_a_cookie_that_is_no_screens_opens_nothing(self, wired_app: WiredApp, cookie: str):
        client = wired_app.client(None)
        client.set_cookie(wall_routes.SCREEN_COOKIE, cookie)
        assert client.get("/wall/stream").status_code == 401
        assert "enter this code" in navigate(client, "/wall").text

    def test_staff_see_the_wall_with_every_scene(self, wired_app: WiredApp):
        page = navigate(wired_app.client(Role.OPS), "/wall").text
        assert all(f'"{scene.value}"' in page for scene in Scene)


class TestTheEndOfAScreen:
    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch: pytest.MonkeyPatch):
        """Looked at again with every beat instead of every five seconds."""
        monkeypatch.setattr(wall_routes, "_RECHECK_SECONDS", 0)
        monkeypatch.setattr("app.services.wall.screens.KNOWN_SECONDS", 0)

    def test_its_stream_ends_when_it_is_revoked(
        self, wired_app: WiredApp, pair: Callable[..., tuple[FlaskClient, Screen]]
    ):
        client, screen = pair()
        stream = events(client)
        next(stream)
        wired_app.services.screens.revoke(screen.screen_id, OPS)
        assert any(chunk.startswith("event: denied") for chunk in stream)
        assert client.get("/wall/stream").status_code == 401
        assert client.get("/wall/pairing").json == {"state": "over"}

    def test_its_stream_ends_when_it_is_to_show_something_else(
        self, wired_app: WiredApp, pair: Callable[..., tuple[FlaskClient, Screen]]
    ):
        client, screen = pair()
        stream = events(client)
        next(stream)
        wired_app.services.screens.change(screen.screen_id, ScreenSettings("Door", (Scene.MAP,)), OPS, screen.settings)
        assert any(chunk.startswith("event: denied") for chunk in stream)
        assert client.head("/wall/stream").status_code == 204


class TestGoals:
    def test_ops_look_after_screens_and_only_admins_set_goals(self, wired_app: WiredApp):
        page = navigate(wired_app.client(Role.OPS), "/admin/screens").text
        assert "Pair a screen" in page
        assert "Goals of the day" not in page
        assert wired_app.client(Role.OPS).get("/admin/goals").status_code == 403
        assert wired_app.client(Role.ANALYST).get("/admin/screens").status_code == 403

    @pytest.mark.parametrize("amount", ["abc", "-5", "0", "1.234", "9" * 30])
    def test_a_wrong_goal_is_said_and_none_is_kept(self, admin: Admin, amount: str):  # noqa: F811
        before = admin.app.services.goals.goals()
        answer = admin.press("admin.goals.save_week", amount, *[""] * 6, dict.fromkeys(WEEKDAYS), None)
        assert answer.status_code == 200
        assert "admin-goals-week-error" in answer.text
        assert admin.app.services.goals.goals() == before
