"""What a shop says in its own words in mails: in its language, with places that cannot do harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.mail_texts import PARTS, PLACES, MailTexts, setting_of, wrong_place
from app.errors import InvalidInput
from app.mail.rendering import Frame
from app.money import Formats
from app.services.messages.notifications import Letterhead
from app.services.messages.samples import MailSamples
from app.services.settings.values import checked
from app.words import LANGUAGES, speaking
from tests.unit.messages.test_mail import FORMATS

NASTY = '<script>alert(1)</script> & "it" {{ 7*7 }} {% raw %}'


def samples(texts: dict[str, str] | None = None, formats: Formats = FORMATS) -> MailSamples:
    frame = Frame(texts=MailTexts(tuple((texts or {}).items())))
    return MailSamples(Letterhead("Kiln & Co", "https://kiln.example", "a@b.example", formats, frame), lambda at: None)


def test_a_text_stands_in_the_mail_of_its_language_and_in_no_other():
    texts = {setting_of("receipt", "de", "opening"): "Hallo {name},\n\nwir packen {number}.\nBis bald!"}
    german, english = (samples(texts).of("receipt", code, {}) for code in ("de", "en"))
    assert "Hallo Asha," in german.html
    assert "wir packen 1001.<br>Bis bald!" in german.html
    assert "Hallo Asha,\n\nwir packen 1001.\nBis bald!" in german.text
    assert "Hallo" not in english.html + english.text
    assert "This is your receipt" in english.html


def test_subject_and_closing_are_in_both_parts_and_the_subject_on_one_line():
    for mail in PLACES:
        texts = {setting_of(mail, "en", "subject"): "Order {number}", setting_of(mail, "en", "closing"): "See you."}
        message = samples(texts).of(mail, "en", {})
        assert message.subject == "Order 1001"
        assert "See you." in message.html
        assert "See you." in message.text


def test_what_is_written_is_text_and_neither_html_nor_a_template():
    texts = {setting_of("shipped", "en", part): "Hi {name}" for part in PARTS}
    message = samples().of("shipped", "en", texts | {setting_of("shipped", "en", "opening"): NASTY})
    assert "<script>alert" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "{{ 7*7 }}" in message.html  # a mail is no template of what people wrote


def test_a_value_that_looks_like_a_place_is_a_value():
    texts = MailTexts(((setting_of("receipt", "en", "subject"), "{name} {number}"),))
    assert texts.of("receipt", {"name": "{store}", "number": "7"}).subject == "{store} 7"


@pytest.mark.parametrize("text", ["{nme}", "{amount}", "{name.__class__}", "{0}", "{name", "name}", "{{name}}", "{}"])
def test_places_that_this_mail_does_not_have_are_refused(text: str) -> None:
    assert wrong_place("shipped", text)
    with pytest.raises(InvalidInput, match=r"Nothing stands for"):
        checked({setting_of("shipped", "en", "opening"): f"Hello {text}"})


def test_a_text_may_be_long_but_not_endless_and_a_subject_has_one_line():
    name = setting_of("refund", "hi", "subject")
    assert checked({name: " A \n subject "}) == {name: "A subject"}
    with pytest.raises(InvalidInput):
        checked({setting_of("refund", "hi", "closing"): "x" * 801})


@pytest.fixture(params=[one.code for one in LANGUAGES])
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


@pytest.mark.parametrize("mail", PLACES)
def test_each_mail_can_be_looked_at_in_each_language(mail: str, code: str) -> None:
    message = samples().of(mail, code, {})
    assert f'lang="{code}"' in message.html
    assert "1001" in message.subject
    assert message.text.strip()


def test_what_is_no_mail_or_language_is_refused():
    for mail, language in (("invoice", "en"), ("receipt", "xx")):
        with pytest.raises(InvalidInput):
            samples().of(mail, language, {})
