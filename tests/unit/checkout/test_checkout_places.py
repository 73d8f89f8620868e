"""The address of an order: asked for and checked as its country writes addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain import ADDRESS_LENGTHS, Address
from app.domain.places import address_rules, countries
from app.errors import InvalidInput
from app.services.checkout.request import CheckoutRequest, cleaned, fingerprint

CARD = {"number": "4242424242424242", "expiry": "12/30", "cvc": "123"}
HERE = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")


def kept(address: Address) -> Address:
    return cleaned(CheckoutRequest("guest#x", None, "asha@shop.example", address, CARD, None)).address


def wrong(address: Address) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        kept(address)
    return dict(caught.value.wrong)


@pytest.mark.parametrize(
    "address",
    [
        Address("Aisha", "Villa 4, Al Wasl Road", "", "", "AE", region="Dubai"),
        Address("Ming", "1 Nathan Road", "Tsim Sha Tsui", "", "HK", region="Kowloon"),
        Address("Hamad", "12 Salwa Road", "Doha", "", "QA"),
        Address("Niamh", "4 Main Street", "Kilkee", "", "IE"),
    ],
    ids=lambda address: address.country,
)
def test_a_country_without_postcodes_asks_for_none(address: Address):
    assert kept(address) == address


@pytest.mark.parametrize(
    ("address", "field", "words"),
    [
        (replace(HERE, postcode=""), "postcode", "Enter a PIN code."),
        (replace(HERE, region=""), "region", "Choose a state."),
        (replace(HERE, region="Bavaria"), "region", "Choose a state of this country."),
        (replace(HERE, postcode="4110"), "postcode", "This is not a PIN code of this country. Write it like 110034."),
        (Address("Sam", "1 Main St", "Springfield", "", "US", region="IL"), "postcode", "Enter a ZIP code."),
        (Address("Niamh", "4 Main Street", "Kilkee", "12345", "IE"), "postcode",
         "This is not an Eircode of this country. Write it like A65 F4E2."),
        (Address("Aisha", "Villa 4", "Dubai", "", "AE"), "region", "Choose an emirate."),
        (replace(HERE, country="AQ"), "country", "Choose a country."),
        (replace(HERE, phone="call me"), "phone", "A phone number has 6 to 15 digits, such as +44 20 7946 0018."),
        (replace(HERE, phone="12345"), "phone", "A phone number has 6 to 15 digits, such as +44 20 7946 0018."),
        (replace(HERE, phone="⑴" * 15), "phone", "A phone number has 6 to 15 digits, such as +44 20 7946 0018."),
    ],
)  # fmt: skip
def test_what_a_country_needs_is_asked_for_in_its_own_words(address: Address, field: str, words: str):
    assert wrong(address) == {field: words}


def test_every_wrong_field_is_named_at_once():
    everything = wrong(Address("", "", "", "no", "US", region="Bavaria", phone="x"))
    assert list(everything) == ["name", "line1", "city", "region", "postcode", "phone"]


@pytest.mark.parametrize(
    ("country", "typed", "postcode"),
    [
        ("JP", "１５４－００２３", "154-0023"),
        ("IN", "४११००१", "411001"),
        ("PL", "00950", "00-950"),
        ("JP", "1540023", "154-0023"),
        ("GB", "sw1a 1aa", "SW1A 1AA"),
        ("GB", "b338th", "B33 8TH"),
        ("IN", "411 001", "411001"),
        ("CH", "CH-8001", "8001"),
        ("LV", "1073", "LV-1073"),
        ("NL", "1012ab", "1012 AB"),
    ],
)
def test_a_postcode_is_understood_however_people_type_it(country: str, typed: str, postcode: str):
    assert address_rules(country).postcode(typed) == postcode


@pytest.mark.parametrize(("typed", "region"), [("maharashtra", "Maharashtra"), ("महाराष्ट्र", "Maharashtra")])
def test_a_state_is_known_by_all_its_names(typed: str, region: str):
    assert kept(replace(HERE, region=typed)).region == region


def test_what_another_country_has_is_dropped():
    assert kept(replace(HERE, country="QA")) == Address("Asha Rao", "1 Lake Road", "Pune", "", "QA")


@pytest.mark.parametrize("field", [*ADDRESS_LENGTHS, "country"])
def test_a_text_of_a_megabyte_is_refused_unread(field: str):
    huge = replace(HERE, country="IE" if field == "district" else "IN") if field != "country" else HERE
    assert field in wrong(replace(huge, **{field: "\u0301\u0327" * 500_000}))


@pytest.mark.parametrize("country", sorted(countries()))
def test_every_country_has_rules_and_takes_its_own_examples(country: str):
    rules = address_rules(country)
    assert "line1" in rules.fields
    assert rules.required <= set(rules.fields)
    assert [rules.postcode(example) for example in rules.postcode_examples] == list(rules.postcode_examples)
    assert all(rules.area(area.value) == area for area in rules.areas)
    assert all(len(area.value) <= ADDRESS_LENGTHS["region"] for area in rules.areas)


def test_nobody_is_asked_whether_they_live_where_nobody_does():
    assert not {"AQ", "BV", "GS", "HM", "IO", "TF", "UM", "EU", "ZZ"} & set(countries())
    assert {"AX", "GB", "HK", "IN", "PS", "XK"} <= set(countries())


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (HERE, ["Asha Rao", "1 Lake Road", "Pune 411001", "Maharashtra", "Land"]),
        (Address("Sam", "1 Main St", "Springfield", "62701", "US", line2="Apt 2", region="IL"),
         ["Sam", "1 Main St", "Apt 2", "Springfield, IL 62701", "Land"]),
        (Address("Jo", "1 Rue de la Paix", "Paris", "75002", "FR"), ["Jo", "1 Rue de la Paix", "75002 Paris", "Land"]),
        (Address("山田", "世田谷区1-2", "", "154-0023", "JP", region="東京都"),
         ["〒154-0023", "東京都", "世田谷区1-2", "山田", "Land"]),
        (Address("Yamada", "1-2 Setagaya", "", "154-0023", "JP", region="Tokyo"),
         ["Yamada", "1-2 Setagaya, Tokyo", "154-0023", "Land"]),
        (Address("Niamh", "4 Main Street", "Kilkee", "V15 XY00", "IE", district="Dough", region="Co. Clare"),
         ["Niamh", "4 Main Street", "Dough", "Kilkee", "Co. Clare", "V15 XY00", "Land"]),
        (Address("Nobody", "", "", "", "US"), ["Nobody", "Land"]),  # from the API, which never asked
        (Address("Aisha", "Villa 4", "Dubai", "", "AE"), ["Aisha", "Villa 4", "Dubai", "Land"]),  # of old
        (Address("Mr Import", "", "", "", "EIRE"), ["Mr Import", "Land"]),
    ],
    ids=lambda value: value.country if isinstance(value, Address) else "",
)  # fmt: skip
def test_lines_stand_in_the_order_of_the_country(address: Address, lines: list[str]):
    assert address.lines("Land") == lines


def test_an_earlier_versions_repeat_of_an_order_is_known_again():
    """The fingerprint of an address without the newer fields is what it was."""
    request = cleaned(CheckoutRequest("guest#x", None, "asha@shop.example", HERE, CARD, "key"))
    traits = ("4242", "12/30")  # as the demo provider tells its cards apart
    assert fingerprint(request, traits) == "b2953a042692e80c97dc2555f4dbe9044a551516ceb8e6cdd09265637e108b3f"
    elsewhere = replace(request, address=replace(HERE, phone="+91 20 1234567"))
    assert fingerprint(elsewhere, traits) != fingerprint(request, traits)
    assert fingerprint(request, ("4444", "12/30")) != fingerprint(request, traits)
