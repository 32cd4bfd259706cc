"""Seller and buyer in UBL, with the numbers by which the Dutch rules know them (R1, D21).

A number in the trade register is a KvK number (scheme 0106); one of 20 digits is that of an authority (OIN, 0190). The
register of another country has no scheme here. The electronic address is the e-mail address.
"""

from __future__ import annotations

from contract.parties import HOME, Address, Buyer, Seller
from documents.ubl_elements import Element, group, put
from documents.wording import one_line

_KVK = "0106"
_OIN = "0190"
_OIN_DIGITS = 20
_EMAIL = "EM"


def seller(root: Element, who: Seller) -> None:
    """The provider."""
    party = _party(group(root, "AccountingSupplierParty"), who)
    if who.phone or who.email:
        contact = group(party, "Contact")
        put(contact, "Telephone", one_line(who.phone))
        put(contact, "ElectronicMail", one_line(who.email))


def buyer(root: Element, who: Buyer) -> None:
    """The customer."""
    _party(group(root, "AccountingCustomerParty"), who)


def compact(number: str) -> str:
    """A number as machines compare it: without spaces, dots and dashes, in capitals."""
    return "".join(character for character in number.upper() if character.isalnum())


def _party(parent: Element, who: Seller | Buyer) -> Element:
    party = group(parent, "Party")
    put(party, "EndpointID", one_line(who.email), schemeID=_EMAIL)
    put(group(party, "PartyName"), "Name", one_line(who.name))
    _address(party, who.address)
    vat_id = compact(who.vat_id)
    if vat_id[:2].isalpha():
        scheme = group(party, "PartyTaxScheme")
        put(scheme, "CompanyID", vat_id)
        put(group(scheme, "TaxScheme"), "ID", "VAT")
    entity = group(party, "PartyLegalEntity")
    put(entity, "RegistrationName", one_line(who.name))
    registration = compact(who.registration)
    if who.address.country.upper() == HOME:
        put(entity, "CompanyID", registration, schemeID=_OIN if len(registration) == _OIN_DIGITS else _KVK)
    else:
        put(entity, "CompanyID", registration)
    return party


def _address(party: Element, address: Address) -> None:
    element = group(party, "PostalAddress")
    put(element, "StreetName", one_line(address.street))
    put(element, "CityName", one_line(address.city))
    put(element, "PostalZone", one_line(address.postal_code))
    put(group(element, "Country"), "IdentificationCode", address.country.upper())
