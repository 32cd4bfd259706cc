"""`fourstar cases run`: what it prints, and its exit codes. It needs no settings and no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "cases" / "contract-cases.json"
GOOD = {"minutes": 1, "rate_cents": 8500, "amount_cents": 142}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting is set."""
    monkeypatch.delenv("FOURSTAR_DATABASE_URL", raising=False)
    monkeypatch.delenv("FOURSTAR_APP_ID", raising=False)


def run(path: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["cases", "run", str(path), *options])


def kept(folder: Path, sections: Any) -> Path:
    """A file of cases."""
    path = folder / "cases.json"
    path.write_text(json.dumps(sections), encoding="utf-8")
    return path


def test_the_examples_hold() -> None:
    """Every section with its count, and exit code 0."""
    result = run(EXAMPLES)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["invoices", "9", "9", "0"] in lines
    assert result.stdout.splitlines()[-1] == "60 cases, all of them hold."


def test_each_difference_is_printed(tmp_path: Path) -> None:
    """Section, case, field, what was expected and what was found; exit code 1."""
    wrong = {"id": "M7", "minutes": 1, "rate_cents": 8500, "amount_cents": 141, "colour": "red"}
    result = run(kept(tmp_path, {"money": [GOOD, wrong], "weather": {}}))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "money M7: money[1].colour: unknown key, not taken into account",
        "money M7: amount_cents: expected 141, found 142",
        "weather: unknown section, not run",
        "SECTION  CASES  HOLD  DO NOT HOLD",
        "money    2      1     1",
        "2 cases, 1 of them do not hold.",
    ]


def test_nothing_was_run(tmp_path: Path) -> None:
    """A file without a case is no success."""
    result = run(kept(tmp_path, {"decisions": {}}))
    assert result.exit_code == 1
    assert "No case was run" in result.stdout


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Exit code 2, with where and what; the cases that can be read are run all the same."""
    for path, said in (
        (tmp_path / "nothing.json", "No such file"),
        (kept(tmp_path, []), "not an object"),
    ):
        result = run(path)
        assert result.exit_code == 2
        assert str(path) in result.stderr
        assert said in result.stderr
    result = run(kept(tmp_path, {"money": [GOOD, {}]}))
    assert result.exit_code == 2
    assert result.stderr == "can't be read: money[1]: minutes is missing\n"
    assert "money    2      1     1" in result.stdout
    result = run(kept(tmp_path, {"money": 3}))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cases.json can't be read. money: not a list, but 3" in result.stderr


def test_everything_for_a_script(tmp_path: Path) -> None:
    """`--json` has the counts, the differences and what was not run."""
    path = kept(tmp_path, {"money": [{**GOOD, "amount_cents": 1}, {}], "weather": 1})
    result = run(path, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "holds": False,
        "sections": [{"section": "money", "cases": 2, "hold": 0, "do_not_hold": 2}],
        "differences": [{"section": "money", "case": "#1", "field": "amount_cents", "expected": "1", "found": "142"}],
        "unknown_sections": ["weather"],
        "unreadable": [{"place": "money[1]", "what": "minutes is missing"}],
    }
