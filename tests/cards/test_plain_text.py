"""Text that people wrote is shown as written and read as nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.plain_text import ZERO_WIDTH_SPACE, breakable, clip, harmless, is_plain, unlinked


@pytest.mark.parametrize(
    "written,shown",
    [
        ("{{DATE(2026-11-23T10:00:00Z)}}", "{\u200b{DATE(2026-11-23T10:00:00Z)}}"),
        ("{{{x}}}", "{\u200b{\u200b{x}}}"),
        ("${x}", "$\u200b{x}"),
        ("{x} $5", "{x} $5"),
        ("a\x00b\x1b[31mc\u202egnp\u2069", "ab[31mcgnp"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("half \ud83d an emoji", "half  an emoji"),
        ("👩‍👩‍👧‍👦 مرحبا", "👩‍👩‍👧‍👦 مرحبا"),
    ],
)
def test_harmless(written: str, shown: str) -> None:
    """Templates are broken invisibly, control and reordering characters go, everything else stays."""
    assert harmless(written) == shown


@given(st.text())
def test_harmless_leaves_no_template(written: str) -> None:
    """Whatever is written, no template is left, and doing it twice changes nothing."""
    shown = harmless(written)
    assert "{{" not in shown
    assert "${" not in shown
    assert harmless(shown) == shown
    shown.encode()


@given(st.text(alphabet="[](){}:$ab\\", max_size=12))
def test_unlinked(written: str) -> None:
    """No bracket pair is followed by an address, and without the invisible spaces the text is the one written."""
    shown = unlinked(written)
    assert not {"](", "][", "]:"} & {shown[at : at + 2] for at in range(len(shown))}
    assert shown.replace(ZERO_WIDTH_SPACE, "") == written


@pytest.mark.parametrize(
    "value",
    ["Jan de Vries", "Bakker & Zn.", "1:25 of 2:00", "€ 1,234.56", "24-11-2026", "a - b", "mail info@x.nl"],
)
def test_plain(value: str) -> None:
    """Ordinary names, amounts and dates read the same with and without markdown."""
    assert is_plain(value)


@pytest.mark.parametrize(
    "value",
    [
        "*a*",
        "a_b",
        "[a](b)",
        "`a`",
        "~a~",
        "<b>",
        "a\nb",
        "&amp;",
        "&#42;",
        " a",
        "- a",
        "12. a",
        "1) a",
        "# a",
        "---",
        "\\",
        "a|b",
    ],
)
def test_not_plain(value: str) -> None:
    """Whatever markdown could read as more than text is not plain."""
    assert not is_plain(value)


def test_breakable() -> None:
    """Long words can be broken, short ones stay."""
    assert breakable("short " + "x" * 25) == "short " + "x" * 12 + ZERO_WIDTH_SPACE + "x" * 12 + ZERO_WIDTH_SPACE + "x"
    assert breakable("x" * 12 + " y") == "x" * 12 + " y"


def test_clip() -> None:
    """A text that is too long ends in an ellipsis within the limit; one that fits stays."""
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abc def", 5) == "abc…"
    assert len(clip("x" * 100, 10)) == 10
