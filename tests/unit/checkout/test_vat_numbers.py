"""VAT numbers by the form and check digits of their country."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.services.checkout.vat_numbers import checked_vat_number


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("", "DE", ""), (None, "DE", ""), (" - ", "DE", ""),
        ("de 136 695 976", "DE", "DE136695976"), ("136695976", "DE", "DE136695976"),
        ("FR 40-303.265.045", "FR", "FR40303265045"), ("EL 094259216", "GR", "EL094259216"),
        ("ATU13585627", "AT", "ATU13585627"), ("GB 980 7806 84", "GB", "980780684"),
        ("27aapfu0939f1zv", "IN", "27AAPFU0939F1ZV"), ("12-3456789", "US", "123456789"),
    ],
)  # fmt: skip
def test_is_kept_in_one_form(typed, country, kept):
    assert checked_vat_number(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("DE136695977", "DE"), ("FR40303265045", "DE"), ("12345", "AT"), ("<script>", "US"), ("x" * 41, "US"),
        (7, "DE"),
        (["DE136695976"], "DE"), ("DE१३६६९५९७६", "DE"), ("abc", "US"), ("\x00" * 9, "FR"), ("ü" * 9, "GB"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_country_is_refused(typed, country):
    with pytest.raises(InvalidInput) as refused:
        checked_vat_number(typed, country)
    assert refused.value.field == "vat_number"
