"""The staff page and the audit log as a browser calls them, and that nothing staff change goes unwritten."""

from __future__ import annotations

import inspect
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.domain import Access, Actor, Address, AuditAction, AuditEntry, AuditOutcome, Role, User
from app.page import CALLBACKS
from app.services.checkout import CheckoutRequest
from app.services.inventory import ProductDraft
from app.stores.sql.outbox import enqueue
from app.stores.sql.tables import audit_log, users
from tests.conftest import WiredApp
from tests.integration.account_calls import arrive as newcomer
from tests.integration.account_calls import mailed_token, words
from tests.integration.dash_calls import call, callback_map, function_of, navigate, payload
from tests.integration.shop import APPROVED, PASSWORD, add_people, add_product

SOMEBODY = Actor("tester@shop.example", 99, "203.0.113.77")


@dataclass
class Admin:
    """A signed-in admin's browser."""

    app: WiredApp
    client: FlaskClient
    user: User

    def press(self, function: str, *values: Any, pressed: Any = 1, key: Any = "x", changed: int = 0) -> TestResponse:
        """Call `module.function`: input number `changed` is pressed, `values` are the state's."""
        module, _, name = function.partition(".")
        (found,) = [
            (output, entry)
            for output, entry in callback_map(self.client).items()
            if (function_of(entry).__module__, function_of(entry).__name__) == (f"pages.{module}", name)
        ]
        output, entry = found
        inputs = [None] * len(entry["inputs"])
        inputs[changed] = pressed
        return call(self.client, payload(output, entry, [*inputs, *values], changed=changed, key=key))

    def entries(self) -> list[AuditEntry]:
        """What this admin did, oldest first."""
        return list(reversed(self.app.services.audit.search(actor=str(self.user.email)).entries))

    def person(self, role: Role = Role.OPS) -> User:
        user = add_people(self.app.database, 1, f"staff-{secrets.token_hex(5)}-", role)[0]
        verified = update(users).where(users.c.user_id == user.user_id).values(email_verified_at=func.now())
        self.app.database.write(lambda c: c.execute(verified))
        return self.now(user)

    def now(self, user: User) -> User:
        found = self.app.services.accounts.get(user.user_id)
        assert found is not None
        return found


@pytest.fixture
def admin(wired_app: WiredApp) -> Iterator[Admin]:
    visitor = newcomer(wired_app, Role.ADMIN)
    yield Admin(wired_app, visitor.client, visitor.user)
    leave = update(users).where(users.c.user_id == visitor.user.user_id).values(role=Role.CUSTOMER.value)
    wired_app.database.write(lambda c: c.execute(leave))


def paid_order(app: WiredApp) -> int:
    product = add_product(app.services, "Clay tumbler", 24_900, 5)
    owner = f"guest#{secrets.token_hex(8)}"
    app.services.cart.add(owner, product.product_id)
    address = Address(name="Meera", line1="1 Lake Road", city="Pune", postcode="411001", country="IN")
    return app.services.checkout.place(CheckoutRequest(owner, None, "m@shop.example", address, APPROVED, None)).order_id


def failed_delivery(app: WiredApp, order_id: int) -> int:
    from app.stores.sql.clock import database_now
    from app.stores.sql.tables import outbox

    key = f"receipt:{order_id}:test:{secrets.token_hex(4)}"
    app.database.write(lambda c: enqueue(c, "receipt", key, {"order_id": order_id}, database_now(c)))
    app.database.write(lambda c: c.execute(update(outbox).where(outbox.c.key == key).values(state="failed")))
    return int(
        app.database.read(lambda c: c.execute(select(outbox.c.entry_id).where(outbox.c.key == key)).scalar_one())
    )


# --- nothing goes unwritten --------------------------------------------------------------------------

A = AuditAction


def _product(app: WiredApp) -> str:
    return add_product(app.services, "Brass lamp", 120_000, 9).product_id


def _removed(app: WiredApp) -> str:
    product_id = _product(app)
    app.services.inventory.remove(product_id, Actor("somebody else"))
    return product_id


def _staff(app: WiredApp, **values: Any) -> int:
    user = add_people(app.database, 1, f"staff-{secrets.token_hex(5)}-", values.pop("role", Role.OPS))[0]
    if values:
        app.database.write(lambda c: c.execute(update(users).where(users.c.user_id == user.user_id).values(**values)))
    return user.user_id


def _address() -> str:
    return f"new-{secrets.token_hex(6)}@shop.example"


def _customer(app: WiredApp) -> str:
    from datetime import UTC, datetime

    found = app.services.accounts.get(_staff(app, role=Role.CUSTOMER, email_verified_at=datetime.now(UTC)))
    assert found is not None
    return str(found.email)


def _invited(app: WiredApp) -> int:
    return app.services.staff.invite("Ravi", _address(), Role.OPS, Actor("somebody else")).user_id


def _with_factor(app: WiredApp) -> int:
    from datetime import UTC, datetime

    return _staff(app, totp_secret="x", totp_enabled_at=datetime.now(UTC))


DRAFT = ProductDraft("Mug", 19_900, "Kitchen", stock=3)
# Every method of a service that takes an actor: what it is called with, and what the log then says.
METHODS: dict[str, tuple[Callable[[WiredApp], tuple[Any, ...]], AuditAction]] = {
    "inventory.add_product": (lambda app: (DRAFT, SOMEBODY), A.PRODUCT_ADD),
    "inventory.edit_product": (lambda app: (_product(app), DRAFT, SOMEBODY), A.PRODUCT_EDIT),
    "inventory.receive": (lambda app: (_product(app), 5, SOMEBODY), A.STOCK_RECEIVE),
    "inventory.write_off": (lambda app: (_product(app), 5, SOMEBODY, "lost"), A.STOCK_WRITE_OFF),
    "inventory.correct": (lambda app: (_product(app), 5, SOMEBODY, "counted"), A.STOCK_CORRECT),
    "inventory.remove": (lambda app: (_product(app), SOMEBODY), A.PRODUCT_REMOVE),
    "inventory.restore": (lambda app: (_removed(app), SOMEBODY), A.PRODUCT_RESTORE),
    "orders.record_return": (
        lambda app: (paid_order(app), [(1, 1, True)], "chipped", SOMEBODY, secrets.token_hex(8)), A.ORDER_RETURN,
    ),
    "notifications.resend": (lambda app: (failed_delivery(app, paid_order(app)), SOMEBODY), A.DELIVERY_RESEND),
    "staff.invite": (lambda app: ("Ravi", _address(), Role.OPS, SOMEBODY), A.STAFF_INVITE),
    "staff.make_staff": (lambda app: (_customer(app), Role.OPS, SOMEBODY), A.STAFF_ROLE),
    "staff.resend_invite": (lambda app: (_invited(app), SOMEBODY), A.STAFF_INVITE_AGAIN),
    "staff.change_role": (lambda app: (_staff(app), Role.ANALYST, SOMEBODY), A.STAFF_ROLE),
    "staff.deactivate": (lambda app: (_staff(app), SOMEBODY), A.STAFF_DEACTIVATE),
    "staff.reactivate": (lambda app: (_staff(app, deactivated_at=func.now()), SOMEBODY), A.STAFF_REACTIVATE),
    "staff.reset_second_factor": (lambda app: (_with_factor(app), SOMEBODY), A.STAFF_SECOND_FACTOR),
    "staff.end_sessions": (lambda app: (_staff(app), SOMEBODY), A.STAFF_SESSIONS),
}  # fmt: skip
# Callbacks of the admins' pages that change nothing that staff answer for.
READING = {
    "admin_audit.show",
    "admin_inventory.ask", "admin_inventory.forget_row", "admin_inventory.open_panel", "admin_inventory.show_threshold",
    "admin_notifications.open_message", "admin_notifications.show_as", "admin_notifications.show_list",
    "admin_order.open_dialog", "admin_order.preview", "admin_orders.show",
    "admin_staff.ask", "admin_staff.open_panel",
}  # fmt: skip


def methods_with_an_actor(app: WiredApp) -> set[str]:
    return {
        f"{name}.{method}"
        for name, service in vars(app.services).items()
        if name != "audit"
        for method, function in inspect.getmembers(service, inspect.ismethod)
        if not method.startswith("_") and "actor" in inspect.signature(function).parameters
    }


def test_every_method_that_takes_an_actor_is_tried_below(wired_app: WiredApp):
    assert methods_with_an_actor(wired_app) == set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_what_staff_change_is_in_the_log(wired_app: WiredApp, name: str, record_property: Any):
    arguments, action = METHODS[name]
    service, _, method = name.partition(".")
    given = arguments(wired_app)
    known = count(wired_app)
    getattr(getattr(wired_app.services, service), method)(*given)
    assert count(wired_app) == known + 1
    entry = wired_app.services.audit.search(actor=SOMEBODY.name, limit=1).entries[0]
    assert (entry.action, entry.actor, entry.outcome) == (action, SOMEBODY, AuditOutcome.DONE)
    assert entry.target_id
    assert entry.target_name


def count(app: WiredApp) -> int:
    return int(app.database.read(lambda c: c.execute(select(func.count()).select_from(audit_log)).scalar_one()))


CHANGING: dict[str, Callable[[Admin], None]] = {
    "admin_inventory.save_stock": lambda admin: admin.press(
        "admin_inventory.save_stock", "receive", 5, "", _product(admin.app), secrets.token_hex(8)
    ),
    "admin_inventory.save_details": lambda admin: admin.press(
        "admin_inventory.save_details",
        "Mug", "199.00", None, 0, "Kitchen", "", "rule", None, None, _product(admin.app),
    ),
    "admin_inventory.change_status": lambda admin: admin.press(
        "admin_inventory.change_status", "Take out", _product(admin.app)
    ),
    "admin_order.record": lambda admin: admin.press(
        "admin_order.record", 1, True, "chipped", paid_order(admin.app), secrets.token_hex(8)
    ),
    "admin_notifications.resend": lambda admin: admin.press(
        "admin_notifications.resend", key=failed_delivery(admin.app, paid_order(admin.app))
    ),
    "admin_staff.do": lambda admin: admin.press(
        "admin_staff.do", {"action": "deactivate", "role": None, "person": admin.person().user_id}
    ),
    "admin_staff.invite": lambda admin: admin.press("admin_staff.invite", "Ravi", _address(), "ops"),
    "admin_staff.promote": lambda admin: admin.press(
        "admin_staff.promote", admin.person(Role.CUSTOMER).email, "ops"
    ),
}  # fmt: skip


def test_every_callback_of_an_admin_page_is_known_to_change_or_only_to_read(admin: Admin):
    callback_map(admin.client)
    mine = {
        f"{function_of(entry).__module__.removeprefix('pages.')}.{function_of(entry).__name__}"
        for entry in callback_map(admin.client).values()
        if function_of(entry).__module__.startswith("pages.admin_")
    }
    guarded = {guard.function for guard in CALLBACKS if guard.access is Access.ADMIN}
    assert guarded == {name.partition(".")[2] for name in READING | set(CHANGING)}
    assert READING | set(CHANGING) <= mine


@pytest.mark.parametrize("name", CHANGING)
def test_a_callback_that_changes_something_says_who_and_from_where(admin: Admin, name: str):
    answer = CHANGING[name](admin)
    assert answer.status_code == 200, answer.text
    entry = admin.entries()[-1]
    assert (entry.actor.user_id, entry.actor.address, entry.actor.via) == (admin.user.user_id, "127.0.0.1", "page")
    assert entry.outcome is AuditOutcome.DONE


def test_a_double_click_on_a_stock_edit_is_one_entry(admin: Admin):
    product, edit = _product(admin.app), secrets.token_hex(8)
    for _ in range(2):
        admin.press("admin_inventory.save_stock", "receive", 5, "", product, edit)
    assert [entry.action for entry in admin.entries()] == ["stock.receive"]


def test_saving_what_is_already_so_is_no_change(admin: Admin):
    built = admin.app.services
    product = add_product(built, "Same", 100, 1)
    built.inventory.edit_product(product.product_id, ProductDraft("Same", 100, "Kitchen", threshold=2), SOMEBODY)
    assert built.audit.search(target=("product", product.product_id), action="product.edit").entries == ()


# --- the staff page ------------------------------------------------------------------------------------


def asked(person: User, action: str, role: Role | None = None) -> dict[str, Any]:
    return {"action": action, "role": role.value if role else None, "person": person.user_id}


class TestTheStaffPage:
    def test_from_the_invitation_to_the_first_page(self, admin: Admin):
        address = _address()
        assert "on its way" in words(admin.press("admin_staff.invite", "Ravi Rao", address, "analyst"))
        shown = words(navigate(admin.client, "/admin/staff"))
        assert "Ravi Rao" in shown
        assert "Invited until" in shown
        ravi = Admin(admin.app, admin.app.server.test_client(), admin.user)
        token = mailed_token(admin.app, address, "/invite")
        ravi.press("invite.join", f"#{token}", "Ravi R. Rao", PASSWORD)
        assert ravi.client.get("/api/current_user").json == {
            "is_logged_in": True,
            "name": "Ravi R. Rao",
            "role": "analyst",
        }
        assert ravi.client.get("/admin/staff").status_code == 403

    def test_each_action_is_asked_first_and_then_done(self, admin: Admin):
        ravi = admin.person()
        question = admin.press("admin_staff.ask", ravi.user_id, "analyst", key="role")
        assert "Operations → Analyst" in words(question)
        assert admin.now(ravi) == ravi, "a question changes nothing"
        data = question.json["response"]["admin-staff-asked"]["data"]
        assert "is changed" in words(admin.press("admin_staff.do", data))
        assert admin.now(ravi).role is Role.ANALYST

    def test_whom_a_demotion_or_deactivation_signs_out(self, admin: Admin):
        for action, role in (("role", Role.OPS), ("deactivate", None), ("sessions", None)):
            visitor = newcomer(admin.app, Role.ANALYST)
            assert visitor.client.get("/admin/customers").status_code == 200
            admin.press("admin_staff.do", asked(visitor.user, action, role))
            assert not visitor.is_signed_in(), action

    def test_the_last_admin_is_told_why_not(self, admin: Admin):
        others = [
            p for p in admin.app.services.staff.people() if p.role is Role.ADMIN and p.user_id != admin.user.user_id
        ]
        demoted = update(users).where(users.c.user_id.in_([p.user_id for p in others]))
        admin.app.database.write(lambda c: c.execute(demoted.values(role=Role.OPS.value)))
        try:
            for action, role in (("deactivate", None), ("role", Role.OPS)):
                answer = admin.press("admin_staff.do", asked(admin.user, action, role))
                assert "last admin" in answer.json["response"]["admin-staff-confirm-error"]["children"]
            assert admin.now(admin.user) == admin.user
            assert [entry.outcome for entry in admin.entries()] == [AuditOutcome.REFUSED] * 2
            shown = words(admin.press("admin_staff.open_panel", key=admin.user.user_id))
            assert "You are the last admin" in shown
        finally:
            admin.app.database.write(lambda c: c.execute(demoted.values(role=Role.ADMIN.value)))

    def test_an_admin_who_steps_down_is_led_to_sign_in(self, admin: Admin):
        answer = admin.press("admin_staff.do", asked(admin.user, "role", Role.OPS))
        assert answer.json["response"]["redirect"]["href"] == "/login"
        assert not admin.client.get("/api/current_user").json["is_logged_in"]

    @pytest.mark.parametrize(
        ("name", "email", "role", "field"),
        [("", "a@shop.example", "ops", "name"), ("Ravi", "no address", "ops", "email"), ("Ravi", "", "root", "invite")],
    )
    def test_what_is_wrong_stands_beside_its_field(self, admin: Admin, name: str, email: str, role: str, field: str):
        answer = admin.press("admin_staff.invite", name, email, role)
        assert answer.json["response"][f"admin-staff-{field}-error"]["children"]
        assert admin.entries() == []

    def test_a_customer_is_not_invited_but_given_a_role(self, admin: Admin):
        meera = admin.person(Role.CUSTOMER)
        refused = admin.press("admin_staff.invite", "Meera", meera.email, "ops")
        assert "Give an account a role" in words(refused)
        assert "on the staff now" in words(admin.press("admin_staff.promote", meera.email, "ops"))
        assert admin.now(meera).role is Role.OPS

    @pytest.mark.parametrize(
        "value",
        [None, 7, "x", [], {}, {"action": "deactivate"}, {"action": "deactivate", "person": True},
         {"action": "drop", "person": 1}, {"action": "role", "person": 1, "role": "root"},
         {"action": "deactivate", "person": 2**70}, {"action": ["role"], "person": 1}],
    )  # fmt: skip
    def test_rubbish_does_nothing(self, admin: Admin, value: Any):
        assert admin.press("admin_staff.do", value).status_code in (200, 204, 404, 422)
        assert admin.entries() == []

    def test_a_customer_cannot_be_managed_by_naming_their_id(self, admin: Admin):
        meera = admin.person(Role.CUSTOMER)
        assert admin.press("admin_staff.do", asked(meera, "sessions")).status_code == 404
        assert admin.now(meera) == meera


# --- the audit page --------------------------------------------------------------------------------------


def search(admin: Admin, **values: Any) -> TestResponse:
    given = {"q": "", "who": "any", "what": "any", "start": "", "end": ""} | values
    (found,) = [
        (output, entry)
        for output, entry in callback_map(admin.client).items()
        if function_of(entry).__module__ == "pages.admin_audit"
    ]
    output, entry = found
    state = [given.pop("trail", []), given.pop("older", None), given.pop("about", "")]
    inputs = [*[given[name] for name in ("q", "who", "what", "start", "end")], None, None]
    return call(admin.client, payload(output, entry, [*inputs, *state], changed=0))


class TestTheAuditPage:
    def test_what_was_done_stands_there_in_words(self, admin: Admin):
        product = _product(admin.app)
        admin.press(
            "admin_inventory.save_details",
            "Brass lamp", "1350", None, 0, "Kitchen", "", "hand", 2, None, product,
        )  # fmt: skip
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
        admin.press("admin_staff.do", asked(admin.person(), "sessions"))
        mine = {"who": admin.user.email}
        assert "signed " in words(search(admin, **mine))
        assert "Nothing matches" in words(search(admin, **mine, what="staff.role"))
        assert "Nothing matches" in words(search(admin, **mine, q="no such words"))
        assert "Nothing matches" in words(search(admin, **mine, start="2099-01-01"))
        assert "Nothing matches" in words(search(admin, **mine, end="2001-01-01"))
        assert "signed " in words(search(admin, **mine, start="2001-01-01", end="2099-01-01"))

    def test_one_persons_history_by_a_link_without_personal_data(self, admin: Admin):
        ravi = admin.person()
        admin.press("admin_staff.do", asked(ravi, "sessions"))
        shown = words(navigate(admin.client, "/admin/audit", f"?about=user:{ravi.user_id}"))
        assert "Only what happened to " in shown
        assert ravi.full_name in shown

    @pytest.mark.parametrize(
        "values",
        [{"q": 7}, {"q": "\ud800"}, {"who": "\ud800"}, {"who": ["x"]}, {"what": "drop table"}, {"start": "yesterday"},
         {"end": "9999-12-31"}, {"start": "2026-01-02", "end": "2026-01-01"}, {"trail": {"a": 1}},
         {"trail": ["x", -1, 2**70]}, {"older": 2**70}, {"about": "user:\ud800"}, {"about": 7}],
        ids=json.dumps,
    )  # fmt: skip
    def test_rubbish_is_a_polite_refusal(self, admin: Admin, values: dict[str, Any]):
        assert search(admin, **values).status_code in (200, 422)
