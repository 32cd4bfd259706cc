"""What a customer's invoices need to know, kept: the same act from chat and from the command line (R1, D21).

Everything that is wrong is said at once. What is kept is written one way: a VAT id with its country before it and
without spaces, a Dutch postal code as "3231 BJ". A VAT id that changed was looked up by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from functools import partial

from sqlalchemy.orm import Session
from stdnum.exceptions import InvalidFormat, ValidationError
from stdnum.nl import postcode
from stdnum.util import clean, get_cc_module

from cards.countries import is_country
from contract.local_time import local
from contract.parties import EU, HOME, BillingDetails
from storage.billing_details import load_billing_details, save_billing_details
from storage.contacts import load_customer

_EMAIL = re.compile(
    r"[^@\s<>()\[\],;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
"""One address and nothing beside it: no name, no list, no line break that a mail's head could be broken with."""
_KVK = re.compile(r"\d{8}")
_VAT_PREFIX = {"GR": "EL"}
"""Greece's VAT ids begin with another code than its addresses have."""


class Mistake(Enum):
    """What is wrong with billing details."""

    NO_NAME = auto()
    NO_COUNTRY = auto()  # not a code of ISO 3166
    POSTAL_CODE = auto()  # not a Dutch one
    REGISTRATION = auto()  # not eight digits
    VAT_ID = auto()  # not one of that country
    CHECKED_NOTHING = auto()  # a day on which no VAT id was looked up
    CHECKED_LATER = auto()  # a day that has not been yet
    EMAIL = auto()


class BillingMistakes(Exception):
    """The details were not kept, and everything that is wrong with them."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(*mistakes)
        self.mistakes = mistakes


def keep_billing(
    session: Session, customer_id: int, details: BillingDetails, now: datetime, *, is_check_given: bool = False
) -> BillingDetails:
    """Keep billing details in place of the earlier ones; returns them as they are kept. Raises BillingMistakes.

    The day of the check that was known of another VAT id does not hold for a new one, unless `is_check_given` says
    that the day was given for this one.
    """
    load_customer(session, customer_id, lock=True)
    kept, mistakes = _checked(details, now)
    if mistakes:
        raise BillingMistakes(mistakes)
    before = load_billing_details(session, customer_id)
    is_left_over = kept.vat_id != before.vat_id and kept.vat_checked_on == before.vat_checked_on
    if is_left_over and not is_check_given:
        kept = replace(kept, vat_checked_on=None)
    save_billing_details(session, customer_id, kept)
    return kept


def _checked(details: BillingDetails, now: datetime) -> tuple[BillingDetails, tuple[Mistake, ...]]:
    """The details as they are written, and what is wrong with them."""
    country = details.address.country.upper()
    mistakes = [
        mistake
        for mistake, is_wrong in (
            (Mistake.NO_NAME, not details.legal_name.strip()),
            (Mistake.NO_COUNTRY, not is_country(country)),
            (Mistake.CHECKED_NOTHING, details.vat_checked_on is not None and not details.vat_id),
            (Mistake.CHECKED_LATER, details.vat_checked_on is not None and details.vat_checked_on > local(now).date()),
            (Mistake.EMAIL, bool(details.email) and not _EMAIL.fullmatch(details.email)),
        )
        if is_wrong
    ]

    def read(mistake: Mistake, how: Callable[[str], str], written: str) -> str:
        try:
            return how(written) if written else ""
        except ValidationError:
            mistakes.append(mistake)
            return written

    address, registration = replace(details.address, country=country), details.registration
    if country == HOME:
        address = replace(address, postal_code=read(Mistake.POSTAL_CODE, postcode.validate, address.postal_code))
        registration = read(Mistake.REGISTRATION, _kvk, registration)
    vat_id = read(Mistake.VAT_ID, partial(vat_id_of, country), details.vat_id)
    kept = replace(details, address=address, registration=registration, vat_id=vat_id)
    return kept, tuple(mistakes)


def _kvk(written: str) -> str:
    found = clean(written, " .").strip()
    if not _KVK.fullmatch(found):
        raise InvalidFormat
    return found


def vat_id_of(country: str, written: str) -> str:
    """A VAT id of a member state with its country before it, as "NL004495445B01"; of elsewhere as it is written.

    Raises ValidationError of stdnum for one that the country can not have given.
    """
    if country not in EU:
        return written.strip()
    prefix = _VAT_PREFIX.get(country, country)
    bare = clean(written, " -./").upper().strip().removeprefix(prefix)
    module = get_cc_module(country.lower(), "vat")
    return prefix + (module.validate(bare).removeprefix(prefix) if module else bare)
