"""The page that the parts of "Sign-in and security" belong to; each part has its callbacks in a file of its own."""

from __future__ import annotations

from app.domain import Access
from app.web.page import Page
from app.words import mark

page = Page("account-security", path="/account/security", title=mark("Sign-in and security"), access=Access.SIGNED_IN)
