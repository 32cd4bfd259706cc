"""The ledger of consents as a file: any change of anything in it is found with nothing but itself (R25)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.receipt_bodies import digest_of
from contract.receipt_chain import FaultKind, Head
from documents.ledger import check_entries, entry_line, read_entries
from documents.receipts import signer_of
from tests.consent_ledgers import sealed_ledger
from tests.receipt_chains import sealed_chain
from tests.receipt_keys import OTHER_KEY, TEST_KEY

PAGE = Path(__file__).parents[2] / "docs/consent-ledger.md"
LENGTH = 6
CHAIN = sealed_ledger(LENGTH)
OTHERS = sealed_ledger(LENGTH, other=100)
HEAD = Head(LENGTH, CHAIN[-1].digest)
TRUSTED = [signer_of(TEST_KEY.encode()).public_key]
LINES = [entry_line(sealed) for sealed in CHAIN]
places = st.integers(0, LENGTH - 1)


def faults(text: str, head: Head | None = HEAD) -> list[FaultKind]:
    """What is wrong with a file."""
    return [fault.kind for fault in check_entries(read_entries(text), trusted=TRUSTED, head=head)]


def test_a_file_as_it_was_made() -> None:
    """Read and checked: the same entries, and nothing wrong with them."""
    text = "\n".join(LINES) + "\n"
    assert list(read_entries(text)) == CHAIN
    assert faults(text) == []


@given(places, st.data())
def test_any_other_character_is_found(place: int, data: st.DataObject) -> None:
    """Anywhere in any line: in the body, the digest, the signature or the key."""
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 1))
    char = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda char: char not in (line[at], "\n")))
    edited = [*LINES[:place], line[:at] + char + line[at + 1 :], *LINES[place + 1 :]]
    text = "\n".join(edited)
    if list(read_entries(text)) != CHAIN:  # another way to write the same, such as a space between two values, is none
        assert faults(text) != []


@given(places, st.data())
def test_an_edit_with_a_digest_that_fits_is_found(place: int, data: st.DataObject) -> None:
    """Whoever edits a body and computes its digest anew still can not sign it, and the next entry names another."""
    body = CHAIN[place].body
    at = data.draw(st.integers(0, len(body) - 1))
    char = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda char: char != body[at]))
    other = body[:at] + char + body[at + 1 :]
    forged = replace(CHAIN[place], body=other, digest=digest_of(other))
    found = check_entries([*CHAIN[:place], forged, *CHAIN[place + 1 :]], trusted=TRUSTED, head=HEAD)
    assert {fault.kind for fault in found} & {FaultKind.UNREADABLE, FaultKind.UNSIGNED}


@given(st.permutations(range(LENGTH)), st.sets(places, max_size=3))
def test_removed_swapped_or_cut_off(order: list[int], gone: set[int]) -> None:
    """Only all of them in their order are the ledger."""
    kept = [place for place in order if place not in gone]
    assert (faults("\n".join(LINES[place] for place in kept)) == []) is (kept == list(range(LENGTH)))


@given(places, st.booleans())
def test_another_customers_entry_is_found(place: int, put_in: bool) -> None:
    """Neither in the place of one nor between two."""
    strange = entry_line(OTHERS[place])
    text = "\n".join([*LINES[:place], strange, *LINES[place + (0 if put_in else 1) :]])
    assert faults(text) != []


def test_a_ledger_written_anew_is_found_by_its_end_and_its_key() -> None:
    """Whoever has the key and writes all anew is found by whoever knows the last digest; without the key at once."""
    assert faults("\n".join(entry_line(sealed) for sealed in OTHERS)) == [FaultKind.CONTRADICTED]
    other = signer_of(OTHER_KEY.encode())
    resigned = replace(other.sign(CHAIN[-1].body), digest=CHAIN[-1].digest)
    assert FaultKind.UNSIGNED in faults("\n".join([*LINES[:-1], entry_line(resigned)]))


def test_receipts_are_no_entries() -> None:
    """Of two chains that one key signs neither passes for the other."""
    receipt = sealed_chain(1)[0]
    line = json.dumps({**json.loads(entry_line(CHAIN[0])), "entry": json.loads(receipt.body)})
    assert FaultKind.UNREADABLE in faults(line, None)


BY_HAND = re.search(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8").partition("## By hand")[2], re.DOTALL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("edited", [False, True])
def test_by_hand_as_the_page_says(tmp_path: Path, edited: bool) -> None:
    """The commands of docs/consent-ledger.md, with nothing of ours: they find what was edited, and nothing else."""
    assert BY_HAND is not None
    text = "\n".join(LINES) + "\n"
    (tmp_path / "korenbloem.jsonl").write_text(text.replace("1001", "1002") if edited else text, encoding="utf-8")
    done = subprocess.run(["sh", "-ec", BY_HAND[1]], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode == 0) is not edited, done.stderr
    assert ("was edited" in done.stderr) is edited
    if not edited:
        assert "Verified Successfully" in done.stdout
        assert signer_of(TEST_KEY.encode()).fingerprint in done.stdout
