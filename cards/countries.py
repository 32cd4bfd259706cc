"""Countries by their ISO 3166 code, as an address names them."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from contract.people import Language

NEAR = frozenset({"CH", "GB", "IS", "LI", "NO"})
"""Neighbours of the EU that a form offers beside it."""

_CODE = re.compile("[A-Z]{2}")
_NO_COUNTRY = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())  # noqa: SIM905 - readable
"""What Unicode names beside the countries of ISO 3166: unions, made up ones, parts of others."""


@cache
def _names(language: Language) -> dict[str, str]:
    found = Locale.parse(language.value).territories
    return {code: name for code, name in found.items() if _CODE.fullmatch(code) and code not in _NO_COUNTRY}


def is_country(code: str) -> bool:
    """Whether a code is one of ISO 3166."""
    return code in _names(Language.EN)


def country_name(code: str, language: Language) -> str:
    """A country's name; a code that is none stays as it is."""
    return _names(language).get(code, code)
