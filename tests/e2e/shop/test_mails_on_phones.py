"""Mails to buyers on the narrowest phones: in each language nothing is wider than the screen, whatever it is called."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from app.domain.mail_texts import PARTS, PLACES, setting_of
from app.words import LANGUAGES
from tests.unit.messages.test_mail_texts import samples

pytestmark = pytest.mark.browser

PHONE = 360  # px
LONG = "Donaudampfschifffahrtsgesellschaft" * 4


@pytest.mark.parametrize("is_own", [False, True], ids=["usual words", "long words of its own"])
def test_each_mail_fits_a_phone_in_each_language(browser: Browser, is_own: bool) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 640})
    found = samples()
    if is_own:
        found._name_of = lambda place: LONG
    for mail in PLACES:
        for language in LANGUAGES:
            texts = {setting_of(mail, language.code, part): f"{{name}} {LONG}" for part in PARTS} if is_own else {}
            page.set_content(found.of(mail, language.code, texts).html)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE, f"{mail} in {language.code} is {width} px wide"
    page.close()
