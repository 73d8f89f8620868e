"""VAT numbers of businesses: whether one has the form, and the check digits, that its country gives them.

Whether it was really given to anybody only that country knows: nobody is asked.
"""

from __future__ import annotations

import re

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from app.domain.taxes import EU
from app.errors import InvalidInput
from app.words import mark

LONGEST = 20  # characters that are kept
_TYPED = 40  # with blanks, dots and hyphens
_OTHER = re.compile("[A-Z0-9]{4,20}")
_PREFIXES = {"GR": "EL"}  # where it is not the country's code


def checked_vat_number(value: object, country: str) -> str:
    """In capitals with its country's prefix in the EU, "" for none. Raises InvalidInput for another country's."""
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or len(value) > _TYPED:
        raise InvalidInput(mark("This is not a VAT number."), "vat_number")
    number = re.sub(r"[\s.\-/]", "", value).upper()
    if not number:
        return ""
    prefix = _PREFIXES.get(country, country)
    module = get_cc_module(country, "vat") if country else None
    if module is None:
        if not _OTHER.fullmatch(number):
            raise InvalidInput(mark("This is not a VAT number."), "vat_number")
        return number
    try:
        compact = str(module.validate(number))
    except (ValidationError, ValueError, IndexError, TypeError, KeyError):  # odd letters trip some of its checks
        raise InvalidInput(mark("This is not a VAT number of the country of the address."), "vat_number") from None
    return compact if compact.startswith(prefix) or country not in EU else f"{prefix}{compact}"
