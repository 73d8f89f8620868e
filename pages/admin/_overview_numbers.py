"""What the overview is asked to show, and the addresses of what it shows."""

from __future__ import annotations

from typing import Any

from app.domain import Access, Period
from app.services import services
from app.services.analytics.breakdown import Part
from app.services.analytics.sales_over_time import Choice
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin.rows_behind import NOWHERE, Behind, rows_behind
from pages.admin._parts_of_sales import kept, part_of

page = Page("admin-overview", path="/admin", title="Overview", access=Access.WATCH, frame="admin")


def choose(
    period: Any, compare: Any = "previous", cut: Any = "auto", start: Any = None, end: Any = None, part: Any = None
) -> Choice:
    """Raises InvalidInput for anything that the controls cannot say."""
    return services().sales_over_time.choose(period, compare, cut, start, end, part_of(part))


def address(choice: Choice) -> dict[str, str]:
    """The values of an export's address."""
    return {**choice.period.address, **kept(choice.part)}


def behind(period: Period, part: Part) -> Behind:
    """Where the orders and returns of a period are, for those who may see them."""
    if not current_principal().may(Access.ADMIN):
        return NOWHERE
    return rows_behind(period, kept(part))
