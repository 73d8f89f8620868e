"""The page of one order, for all who add to it."""

from app.domain import Access
from app.web.page import Page
from app.words import mark

page = Page("invoice", path_template="/orders/<order_id>", title=mark("Order"), access=Access.PUBLIC)
