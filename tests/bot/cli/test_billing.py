"""`fourstar customer billing`: what is given changes, what is missing is said (R1, D21)."""

from __future__ import annotations

from tests.bot.cli.test_commands import TENANT, done, environment, listed, refused

__all__ = ["environment"]


def test_billing_details_are_changed_one_by_one(database_url: str) -> None:
    """Only what is given changes; nothing given shows them; what an invoice still needs is said each time."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    assert "Missing for an invoice: street and number, postal code, city." in done("customer", "billing", "1")
    address = ("--street", "Korte Meer 1", "--postal-code", "9000", "--city", "Gent", "--country", "BE")
    said = done("customer", "billing", "1", "--legal-name", "Bakker BV", *address, "--vat-id", "BE 0411.905.847")
    assert "Complete for an invoice." in said
    assert "21 % VAT is charged until somebody looks the VAT id up at https://ec.europa.eu" in said
    (row,) = listed("customer", "billing", "1", "--vat-checked", "2020-11-20", "--language", "en")
    assert (row["vat_id"], row["vat"], row["language"]) == ("BE0411905847", "reverse charge, 0 %", "en")
    (row,) = listed("customer", "billing", "1", "--vat-id", "BE0697449992")
    assert (row["vat_checked_on"], row["vat"], row["street"]) == (None, "21 %", "Korte Meer 1")
    (row,) = listed("customer", "billing", "1", "--vat-checked", "2020-11-20")
    (row,) = listed("customer", "billing", "1", "--vat-id", "")
    assert (row["vat_id"], row["vat_checked_on"]) == (None, None)


def test_everything_wrong_is_said(sqlite_url: str) -> None:
    """A refused change keeps nothing and names every mistake."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    said = refused("customer", "billing", "1", "--email", "nobody", "--registration", "12", "--city", "Brielle")
    assert "eight digits" in said
    assert "no e-mail address" in said
    (row,) = listed("customer", "billing", "1")
    assert (row["city"], row["missing"]) == ("", ["street", "postal_code", "city"])
