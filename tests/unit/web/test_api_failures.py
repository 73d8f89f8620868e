"""What the API answers of input that is wrong."""

from __future__ import annotations

import pytest

from app.domain import Address
from app.errors import InvalidInput
from app.services.checkout.request import CheckoutRequest, cleaned
from app.web.api.writing import error_json


def test_all_fields_that_are_wrong_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        cleaned(CheckoutRequest("guest#1", None, "nobody", Address("", "", "Pune", "411001", "IN"), None, None))
    answer = error_json(caught.value)
    assert answer["field"] == "email"
    assert set(answer["fields"]) == {"email", "name", "line1", "region"}
    assert answer["message"] == answer["fields"]["email"]


def test_one_wrong_field_is_named_alone() -> None:
    assert error_json(InvalidInput("Enter a city.", "city")) == {
        "success": False,
        "message": "Enter a city.",
        "code": "invalid_input",
        "field": "city",
    }
