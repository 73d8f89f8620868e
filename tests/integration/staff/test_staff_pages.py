"""The staff page and the audit log as a browser calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.domain import AuditOutcome, Role, User
from app.stores.sql.tables import users
from components.admin.screens import FIELDS, values_of
from pages.admin._product_clashes import SEEN
from tests.conftest import WiredApp
from tests.integration.audit.test_audit_coverage import _paired as pair_screen
from tests.support.account_calls import arrive as newcomer
from tests.support.account_calls import mailed_token, words
from tests.support.dash_calls import call, callback_map, changes, function_of, navigate, payload
from tests.support.shop import PASSWORD
from tests.support.staff_calls import Admin, lamp, new_address, save_details, seen_goals, seen_product


@pytest.fixture
def admin(wired_app: WiredApp) -> Iterator[Admin]:
    visitor = newcomer(wired_app, Role.ADMIN)
    yield Admin(wired_app, visitor.client, visitor.user)
    leave = update(users).where(users.c.user_id == visitor.user.user_id).values(role=Role.CUSTOMER.value)
    wired_app.database.write(lambda c: c.execute(leave))


# --- the staff page ------------------------------------------------------------------------------------


def asked(person: User, action: str, role: Role | None = None) -> dict[str, Any]:
    return {"action": action, "role": role.value if role else None, "was": person.role.value, "person": person.user_id}


class TestTheStaffPage:
    def test_from_the_invitation_to_the_first_page(self, admin: Admin):
        address = new_address()
        assert "on its way" in words(admin.press("admin.staff.invite", "Ravi Rao", address, "analyst"))
        shown = words(navigate(admin.client, "/admin/staff"))
        assert "Ravi Rao" in shown
        assert "Invited until" in shown
        ravi = Admin(admin.app, admin.app.server.test_client(), admin.user)
        token = mailed_token(admin.app, address, "/invite")
        ravi.press("account.invite.join", f"#{token}", "Ravi R. Rao", PASSWORD)
        assert ravi.client.get("/api/current_user").json == {
            "is_logged_in": True,
            "name": "Ravi R. Rao",
            "role": "analyst",
        }
        assert ravi.client.get("/admin/staff").status_code == 403

    def test_each_action_is_asked_first_and_then_done(self, admin: Admin):
        ravi = admin.person()
        question = admin.press("admin.staff.ask", ravi.user_id, "analyst", key="role")
        assert "Operations → Analyst" in words(question)
        assert admin.now(ravi) == ravi, "a question changes nothing"
        data = question.json["response"]["admin-staff-asked"]["data"]
        assert "is changed" in words(admin.press("admin.staff.do", data))
        assert admin.now(ravi).role is Role.ANALYST

    def test_whom_a_demotion_or_deactivation_signs_out(self, admin: Admin):
        for action, role in (("role", Role.OPS), ("deactivate", None), ("sessions", None)):
            visitor = newcomer(admin.app, Role.ANALYST)
            assert visitor.client.get("/admin/customers").status_code == 200
            admin.press("admin.staff.do", asked(visitor.user, action, role))
            assert not visitor.is_signed_in(), action

    def test_the_last_admin_is_told_why_not(self, admin: Admin):
        others = [
            p for p in admin.app.services.staff.people() if p.role is Role.ADMIN and p.user_id != admin.user.user_id
        ]
        demoted = update(users).where(users.c.user_id.in_([p.user_id for p in others]))
        admin.app.database.write(lambda c: c.execute(demoted.values(role=Role.OPS.value)))
        try:
            for action, role in (("deactivate", None), ("role", Role.OPS)):
                answer = admin.press("admin.staff.do", asked(admin.user, action, role))
                assert "last admin" in answer.json["response"]["admin-staff-confirm-error"]["children"]
            assert admin.now(admin.user) == admin.user
            assert [entry.outcome for entry in admin.entries()] == [AuditOutcome.REFUSED] * 2
            shown = words(admin.press("admin.staff.open_panel", key=admin.user.user_id))
            assert "You are the last admin" in shown
        finally:
            admin.app.database.write(lambda c: c.execute(demoted.values(role=Role.ADMIN.value)))

    def test_an_admin_who_steps_down_is_led_to_sign_in(self, admin: Admin):
        answer = admin.press("admin.staff.do", asked(admin.user, "role", Role.OPS))
        assert changes(answer)["redirect"]["href"] == "/login"
        assert not admin.client.get("/api/current_user").json["is_logged_in"]

    @pytest.mark.parametrize(
        ("name", "email", "role", "field"),
        [("", "a@shop.example", "ops", "name"), ("Ravi", "no address", "ops", "email"), ("Ravi", "", "root", "invite")],
    )
    def test_what_is_wrong_stands_beside_its_field(self, admin: Admin, name: str, email: str, role: str, field: str):
        answer = admin.press("admin.staff.invite", name, email, role)
        assert answer.json["response"][f"admin-staff-{field}-error"]["children"]
        assert admin.entries() == []

    def test_a_customer_is_not_invited_but_given_a_role(self, admin: Admin):
        meera = admin.person(Role.CUSTOMER)
        refused = admin.press("admin.staff.invite", "Meera", meera.email, "ops")
        assert "Give an account a role" in words(refused)
        assert "on the staff now" in words(admin.press("admin.staff.promote", meera.email, "ops"))
        assert admin.now(meera).role is Role.OPS

    @pytest.mark.parametrize(
        "value",
        [None, 7, "x", [], {}, {"action": "deactivate"}, {"action": "deactivate", "person": True},
         {"action": "drop", "person": 1}, {"action": "role", "person": 1, "role": "root"},
         {"action": "deactivate", "person": 2**70}, {"action": ["role"], "person": 1}],
    )  # fmt: skip
    def test_rubbish_does_nothing(self, admin: Admin, value: Any):
        assert admin.press("admin.staff.do", value).status_code in (200, 204, 400, 404, 422)
        assert admin.entries() == []

    def test_a_customer_cannot_be_managed_by_naming_their_id(self, admin: Admin):
        meera = admin.person(Role.CUSTOMER)
        assert admin.press("admin.staff.do", asked(meera, "sessions")).status_code == 404
        assert admin.now(meera) == meera


# --- two who edit one thing ---------------------------------------------------------------------------------


FORM = ("Brass lamp", "1200", None, 0, "Kitchen", "", "hand", 2)


def form(**typed: Any) -> tuple[Any, ...]:
    names = ("name", "price", "cost", "stock", "category", "description", "by", "threshold")
    return tuple(typed.get(name, value) for name, value in zip(names, FORM, strict=True))


class TestTwoWhoEditOneProduct:
    def test_the_second_save_keeps_what_the_first_changed_and_says_so(self, admin: Admin):
        product = lamp(admin.app)
        seen = seen_product(admin.app, product)
        save_details(admin, product, *form(price="1350"), seen=seen)
        said = words(save_details(admin, product, *form(description="Polished"), seen=seen))
        found = admin.app.services.catalog.get(product)
        assert (found.price, found.description) == (135_000, "Polished")
        assert "What others changed meanwhile is kept." in said

    @pytest.mark.parametrize(("choice", "price"), [("theirs", 135_000), ("mine", 99_000)])
    def test_where_both_changed_the_same_both_are_shown_and_one_is_chosen(self, admin: Admin, choice: str, price: int):
        product = lamp(admin.app)
        seen = seen_product(admin.app, product)
        save_details(admin, product, *form(price="1350"), seen=seen)
        mine = form(price="990", name="Lamp")
        answer = save_details(admin, product, *mine, seen=seen, key="form")
        shown = words(answer)
        for part in ("Somebody else changed the same", "Price", "₹1,350.00", "₹990.00"):
            assert part in shown, part
        assert admin.app.services.catalog.get(product).price == 135_000
        seen = answer.json["response"]["admin-inventory-seen"]["data"]
        save_details(admin, product, *mine, seen=seen, key="price")
        assert admin.app.services.catalog.get(product).name == "Brass lamp", "nothing is saved while nothing is chosen"
        save_details(admin, product, *mine, seen=seen, choices=choice, key="price")
        found = admin.app.services.catalog.get(product)
        assert (found.price, found.name) == (price, "Lamp")

    @pytest.mark.parametrize("seen", [7, [], {"version": 0}, {**dict.fromkeys(SEEN), "version": True}])
    def test_a_form_without_what_it_showed_changes_nothing(self, admin: Admin, seen: Any):
        product = lamp(admin.app)
        assert "out of date" in words(save_details(admin, product, *form(price="1"), seen=seen, key="form"))
        assert admin.app.services.catalog.get(product).price == 120_000


class TestTwoWhoChangeOneScreen:
    def test_what_both_changed_is_shown_and_the_rest_is_joined(self, admin: Admin):
        screen_id = pair_screen(admin.app)
        (seen,) = [values_of(one.settings) for one in admin.app.services.screens.all() if one.screen_id == screen_id]

        def save(seen: Any, choice: Any = None, **typed: Any) -> TestResponse:
            form = [typed.get(name, value) for name, value in zip(FIELDS, first, strict=True)]
            key = "name" if choice else "none"
            return admin.press("admin.screens.save", screen_id, None, *form, seen, choice, key=key)

        first = seen
        save(list(seen), name="Gate", turn="30")
        answer = save(list(seen), name="Hall", chimes=True)
        assert "Gate" in words(answer)
        assert "Hall" in words(answer)
        save(answer.json["response"]["admin-screens-seen"]["data"], "mine", name="Hall", chimes=True)
        (now,) = [one.settings for one in admin.app.services.screens.all() if one.screen_id == screen_id]
        assert (now.name, now.turn_seconds, now.chimes) == ("Hall", 30, True)

    @pytest.mark.parametrize("seen", [None, 7, [], ["x"] * 8, {"name": "x"}])
    def test_a_form_without_what_it_showed_changes_nothing(self, admin: Admin, seen: Any):
        screen_id = pair_screen(admin.app)
        form = ("Gate", ["today"], "20", False, True, False, "", "")
        assert admin.press("admin.screens.save", screen_id, None, *form, seen, None).status_code == 200
        (now,) = [one.settings for one in admin.app.services.screens.all() if one.screen_id == screen_id]
        assert now.name == "Door"


class TestTwoWhoSetTheWeeksGoals:
    def test_days_that_both_set_are_shown_and_others_are_joined(self, admin: Admin):
        seen = seen_goals(admin.app)
        week = ["" if amount is None else str(amount // 100) for amount in seen.values()]
        first, second = list(week), list(week)
        first[0], first[1], second[0], second[2] = "11", "12", "21", "23"
        admin.press("admin.goals.save_week", *first, seen, None)
        answer = admin.press("admin.goals.save_week", *second, seen, None)
        assert "Monday" in words(answer)
        assert list(seen_goals(admin.app).values())[:2] == [1_100, 1_200]
        seen = answer.json["response"]["admin-goals-seen-week"]["data"]
        admin.press("admin.goals.save_week", *second, seen, "mine", key="monday")
        assert list(seen_goals(admin.app).values())[:3] == [2_100, 1_200, 2_300]


# --- the audit page --------------------------------------------------------------------------------------


def search(admin: Admin, **values: Any) -> TestResponse:
    given = {"q": "", "kind": "any", "who": "any", "what": "any", "start": "", "end": ""} | values
    (found,) = [
        (output, entry)
        for output, entry in callback_map(admin.client).items()
        if function_of(entry).__module__ == "pages.admin.audit"
    ]
    output, entry = found
    state = [given.pop("trail", []), given.pop("older", None), given.pop("about", "")]
    inputs = [*[given[name] for name in ("q", "kind", "who", "what", "start", "end")], None, None]
    return call(admin.client, payload(output, entry, [*inputs, *state], changed=0))


class TestTheAuditPage:
    def test_what_was_done_stands_there_in_words(self, admin: Admin):
        product = lamp(admin.app)
        save_details(admin, product, "Brass lamp", "1350", None, 0, "Kitchen", "", "hand", 2)
        shown = words(search(admin, who=admin.user.email))
        for part in (
            "changed the price of ",
            "Brass lamp",
            "₹1,200.00",
            "₹1,350.00",
            "127.0.0.1",
            admin.user.full_name,
        ):
            assert part in shown, part

    def test_the_filters_narrow(self, admin: Admin):
        admin.press("admin.staff.do", asked(admin.person(), "sessions"))
        mine = {"who": admin.user.email}
        assert "signed " in words(search(admin, **mine))
        assert "Nothing matches" in words(search(admin, **mine, what="staff.role"))
        assert "Nothing matches" in words(search(admin, **mine, q="no such words"))
        assert "Nothing matches" in words(search(admin, **mine, start="2099-01-01"))
        assert "Nothing matches" in words(search(admin, **mine, end="2001-01-01"))
        assert "signed " in words(search(admin, **mine, start="2001-01-01", end="2099-01-01"))

    def test_one_persons_history_by_a_link_without_personal_data(self, admin: Admin):
        ravi = admin.person()
        admin.press("admin.staff.do", asked(ravi, "sessions"))
        shown = words(navigate(admin.client, "/admin/audit", f"?about=user:{ravi.user_id}"))
        assert "Only what happened to " in shown
        assert ravi.full_name in shown

    @pytest.mark.parametrize(
        "values",
        [{"kind": 7}, {"kind": "x"},
         {"q": 7}, {"q": "\ud800"}, {"who": "\ud800"}, {"who": ["x"]}, {"what": "drop table"}, {"start": "yesterday"},
         {"end": "9999-12-31"}, {"start": "2026-01-02", "end": "2026-01-01"}, {"trail": {"a": 1}},
         {"trail": ["x", -1, 2**70]}, {"older": 2**70}, {"about": "user:\ud800"}, {"about": 7}],
        ids=json.dumps,
    )  # fmt: skip
    def test_rubbish_is_a_polite_refusal(self, admin: Admin, values: dict[str, Any]):
        assert search(admin, **values).status_code in (200, 400, 422)
