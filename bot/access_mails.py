"""The mails about withdrawn consent, drafted when they go out (R25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from bot.drafts import Draft
from bot.turn import Policy
from cards.access_mails import withdrawal_letter
from contract.people import Language
from storage.contacts import load_customer
from storage.withdrawals import load_withdrawals


def withdrawal_mail(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """That a contact withdrew consent; nothing where a contact gave it again meanwhile."""
    language = Language(args["language"])
    found = next((one for one in load_withdrawals(session, args["customer"]) if one.id == args["withdrawal"]), None)
    if found is None or found.lifted_at is not None:
        return None
    name = load_customer(session, found.customer_id).name
    said = withdrawal_letter(found, name, policy.provider, language, is_administrator=args["is_administrator"])
    return Draft(said, language)
