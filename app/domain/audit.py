"""What is written down of the changes that staff make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.people import Actor


class AuditAction(StrEnum):
    """What the audit log knows by name. Values never change: written entries keep theirs."""

    PRODUCT_ADD = "product.add"
    PRODUCT_EDIT = "product.edit"
    PRODUCTS_EDIT = "products.edit"  # many at once
    PRODUCT_REMOVE = "product.remove"
    PRODUCT_RESTORE = "product.restore"
    STOCK_RECEIVE = "stock.receive"
    STOCK_WRITE_OFF = "stock.write_off"
    STOCK_CORRECT = "stock.correct"
    REORDER_PLAN = "stock.plan"  # lead time and safety stock
    EVENT_ADD = "event.add"
    EVENT_CHANGE = "event.change"
    EVENT_REMOVE = "event.remove"
    HOLIDAYS_ADD = "holidays.add"  # of a country
    HOLIDAYS_REMOVE = "holidays.remove"
    RULE_ADD = "rule.add"
    RULE_REMOVE = "rule.remove"
    RULE_SWITCH = "rule.switch"
    RULE_SNOOZE = "rule.snooze"
    RULE_ACKNOWLEDGE = "rule.acknowledge"
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_CHANGE = "webhook.change"
    WEBHOOK_SWITCH = "webhook.switch"
    WEBHOOK_ROTATE = "webhook.rotate"  # its secret
    WEBHOOK_REMOVE = "webhook.remove"
    WEBHOOK_TEST = "webhook.test"
    WEBHOOK_REPLAY = "webhook.replay"  # of one event, or of all that failed
    SCREEN_PAIR = "screen.pair"
    SCREEN_CHANGE = "screen.change"
    SCREEN_REVOKE = "screen.revoke"
    GOAL_SET = "goal.set"
    SETTINGS_CHANGE = "settings.change"
    DISCOUNT_ADD = "discount.add"
    DISCOUNT_CHANGE = "discount.change"
    DISCOUNT_END = "discount.end"
    ZONE_ADD = "zone.add"  # of shipping
    ZONE_CHANGE = "zone.change"
    ZONE_REMOVE = "zone.remove"
    METHOD_ADD = "method.add"  # of shipping
    METHOD_CHANGE = "method.change"
    METHOD_REMOVE = "method.remove"
    REPORT_READING = "report.reading"  # on or off, for oneself
    ORDER_CONFIRM = "order.confirm"  # that its money came
    ORDER_GIVE_UP = "order.give_up"  # its money did not come
    ORDER_RETURN = "order.return"
    ORDER_CANCEL = "order.cancel"  # before anything of it was sent
    ORDER_SHIP = "order.ship"
    ORDER_DELIVER = "order.deliver"
    ORDER_HOLD = "order.hold"
    ORDER_RELEASE = "order.release"
    ORDER_NOTE = "order.note"
    ORDER_TAGS = "order.tags"
    ORDER_ADDRESS = "order.address"
    DELIVERY_RESEND = "delivery.resend"
    BOOKS_MEND = "books.mend"  # by the command `reconcile`
    CUSTOMER_TAX = "customer.tax"  # who pays no tax, and why
    ADDRESS_LIFT = "address.lift"  # write to it again
    ALERT_SUBSCRIBE = "alerts.subscribe"
    ALERT_UNSUBSCRIBE = "alerts.unsubscribe"
    STAFF_CREATE = "staff.create"  # on the command line, with a password
    STAFF_INVITE = "staff.invite"
    STAFF_INVITE_AGAIN = "staff.invite_again"
    STAFF_JOIN = "staff.join"
    STAFF_ROLE = "staff.role"
    STAFF_DEACTIVATE = "staff.deactivate"
    STAFF_REACTIVATE = "staff.reactivate"
    STAFF_SECOND_FACTOR = "staff.second_factor"  # reset by somebody else
    STAFF_SESSIONS = "staff.sessions"
    STAFF_SIGN_IN = "staff.password"  # set by somebody else, on the command line
    MACHINE_CREATE = "token.create"
    MACHINE_REVOKE = "token.revoke"
    OWN_NAME = "account.name"
    OWN_SIGN_IN = "account.password"
    OWN_EMAIL = "account.email"
    OWN_SECOND_FACTOR = "account.second_factor"
    OWN_CODES = "account.recovery_codes"
    OWN_SESSIONS = "account.sessions"
    OWN_SESSION = "account.session"  # one of them
    SIGN_IN = "sign_in.done"
    SIGN_OUT = "sign_in.ended"
    SIGN_IN_FAILED = "sign_in.failed"  # a wrong password
    SIGN_IN_CODE_FAILED = "sign_in.code_failed"  # a right password, and a wrong code
    MACHINE_ELSEWHERE = "token.elsewhere"  # used from a network that it was not used from before


# What changes nothing in the shop: somebody came, went, or was kept out.
VISITS = frozenset(
    {
        AuditAction.SIGN_IN,
        AuditAction.SIGN_OUT,
        AuditAction.SIGN_IN_FAILED,
        AuditAction.SIGN_IN_CODE_FAILED,
        AuditAction.MACHINE_ELSEWHERE,
    }
)
# And what changes how somebody gets in.
WAYS_IN = frozenset(
    {
        AuditAction.OWN_SIGN_IN,
        AuditAction.OWN_SECOND_FACTOR,
        AuditAction.OWN_CODES,
        AuditAction.OWN_SESSION,
        AuditAction.OWN_SESSIONS,
        AuditAction.STAFF_SECOND_FACTOR,
        AuditAction.STAFF_SESSIONS,
        AuditAction.STAFF_SIGN_IN,
        AuditAction.MACHINE_CREATE,
        AuditAction.MACHINE_REVOKE,
    }
)


class AuditKind(StrEnum):
    """Two ways to read the log; some entries belong to both."""

    CHANGES = "changes"  # what was changed
    SIGN_INS = "sign_ins"  # who came, who tried to, and what opens the door to them

    def has(self, action: str) -> bool:
        if self is AuditKind.CHANGES:
            return action not in VISITS
        return action in VISITS or action in WAYS_IN


class AuditOutcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class AuditEntry:
    """What a member of staff changed: `before` and `after` hold only what differs, as JSON values."""

    audit_id: int
    at: datetime
    actor: Actor
    action: str  # an AuditAction
    target_kind: str  # "product", "order", "user", "sign_in", "token", "delivery", "address", "alerts", "settings"
    target_id: str
    target_name: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    outcome: AuditOutcome = AuditOutcome.DONE
    note: str = ""
