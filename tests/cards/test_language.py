"""Both languages say everything: what the source says in English is in the Dutch catalogues, and nothing else is."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from cards.language import Texts, catalogue_files, language_of_locale, message, read_catalogue, texts_for
from contract.people import Language

ROOT = Path(__file__).parents[2]
SOURCES = ("bot", "cards", "documents")
TRANSLATORS = {"t", "texts"}
"""What a `Texts` is called in the source."""


@dataclass(frozen=True, slots=True)
class Used:
    """A text that the source shows: where, and its plural if it has one."""

    english: str
    plural: str | None
    where: str


def test_a_text_is_translated_and_filled_in() -> None:
    """The translation is looked up by the English text, and the values are put in."""
    t = texts_for(Language.NL)
    assert t("today {time}", time="9:00") == "vandaag 9:00"
    assert texts_for(Language.EN)("today {time}", time="9:00") == "today 9:00"


def test_a_value_is_not_read_as_a_text() -> None:
    """Braces in what a person wrote stay what they are."""
    assert texts_for(Language.EN)("today {time}", time="{time} {0}") == "today {time} {0}"


def test_a_text_without_translation_is_english() -> None:
    """Better the other language than an error."""
    t = texts_for(Language.NL)
    assert t("No such text {x}", x=1) == "No such text 1"
    assert [t.plural("{n} such", "{n} suches", n) for n in (0, 1, 2)] == ["0 suches", "1 such", "2 suches"]


def test_plurals() -> None:
    """Singular for exactly one, in either language; `{n}` is always there."""
    t = Texts(Language.NL, {"{n} mouse": ("{n} muis", "{n} muizen"), "plain": "gewoon"})
    assert [t.plural("{n} mouse", "{n} mice", n) for n in (0, 1, 2)] == ["0 muizen", "1 muis", "2 muizen"]
    assert t.plural("plain", "plain", 1) == "plain"


def test_texts_are_read_once() -> None:
    """Asking again costs nothing."""
    assert texts_for(Language.NL) is texts_for(Language.NL)


def test_english_has_no_catalogue() -> None:
    """The source is the English text."""
    assert catalogue_files(Language.EN) == []


@pytest.mark.parametrize("locale", ["nl", "nl-NL", "NL-be"])
def test_first_guess_dutch(locale: str) -> None:
    """A Dutch client gets Dutch."""
    assert language_of_locale(locale) is Language.NL


@pytest.mark.parametrize("locale", ["", "en-US", "de-DE", "nld"])
def test_first_guess_english(locale: str) -> None:
    """Everybody else gets English."""
    assert language_of_locale(locale) is Language.EN


def test_unfinished_translations_are_not_read(tmp_path: Path) -> None:
    """An empty or fuzzy entry counts as missing."""
    source = tmp_path / "x.po"
    source.write_text(
        'msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\n'
        'msgid "c"\nmsgid_plural "cs"\nmsgstr[0] "C"\nmsgstr[1] ""\n'
        '\nmsgid "d"\nmsgstr "D"\n\nmsgid "e"\nmsgid_plural "es"\nmsgstr[0] "E"\nmsgstr[1] "Es"\n'
    )
    assert read_catalogue(source) == {"d": "D", "e": ("E", "Es")}


def test_nothing_is_missing_in_dutch() -> None:
    """Every text in the source has a Dutch translation, of the same kind (one form, or singular and plural)."""
    known = {
        entry.id
        for catalogue in catalogues().values()
        for entry in catalogue
        if entry.id and entry.string and all(entry.string)
    }
    missing = {
        f"{found.where}: {found.english!r}"
        for found in used()
        if ((found.english, found.plural) if found.plural else found.english) not in known
    }
    assert sorted(missing) == []


def test_nothing_is_left_over_in_dutch() -> None:
    """Every translation is of a text in the source."""
    shown = {(found.english, found.plural) if found.plural else found.english for found in used()}
    left = {
        f"{name}: {entry.id!r}"
        for name, catalogue in catalogues().items()
        for entry in catalogue
        if entry.id and entry.id not in shown
    }
    assert sorted(left) == []


def test_no_text_is_translated_twice() -> None:
    """The same English in two catalogues has one translation, or it depends on the file's name which one is shown."""
    seen: dict[str, str] = {}
    for name, catalogue in catalogues().items():
        for entry in catalogue:
            if entry.id:
                key, translated = str(entry.id), str(entry.string)
                assert seen.setdefault(key, translated) == translated, f"{name}: {key}"


def test_no_text_is_plain_here_and_plural_there() -> None:
    """A text is found by its English singular: as two kinds, one of them would be shown in English."""
    found = used()
    assert {one.english for one in found if one.plural} & {one.english for one in found if not one.plural} == set()


def test_placeholders_are_the_same() -> None:
    """A translation fills in the same values as the English."""
    for catalogue in catalogues().values():
        for entry in catalogue:
            if not entry.id:
                continue
            if isinstance(entry.id, str):
                assert placeholders(entry.string) == placeholders(entry.id), entry.id
            else:
                assert {*map(frozenset, map(placeholders, entry.string or ()))} <= {
                    frozenset(placeholders(entry.id[1])),
                    frozenset(placeholders(entry.id[1]) - {"n"}),
                }, entry.id


def test_catalogues_say_how_dutch_counts() -> None:
    """Every catalogue is UTF-8 and has the plural rule that `Texts` uses."""
    for name, catalogue in catalogues().items():
        assert catalogue.num_plurals == 2, name
        assert re.sub(r"[\s()]", "", str(catalogue.plural_expr)) == "n!=1", name
        assert [entry.id for entry in catalogue if entry.id and entry.fuzzy] == [], name


def test_the_placeholders_of_the_source_are_given() -> None:
    """A text in the source is called with exactly the values it has places for."""
    wrong = [f"{found} {sorted(names)} {sorted(given)}" for found, names, given in calls() if names != given]
    assert wrong == []


def test_message_is_the_text_itself() -> None:
    """A marked text is not changed."""
    assert message("New") == "New"


def placeholders(value: object) -> set[str]:
    """The names of the values a text has places for."""
    return {name for _, name, _, _ in string.Formatter().parse(str(value)) if name is not None}


@cache
def catalogues() -> dict[str, Catalog]:
    """Every Dutch catalogue by its file's name."""
    found = {}
    for source in catalogue_files(Language.NL):
        with source.open("rb") as opened:
            found[source.name] = read_po(opened, abort_invalid=True)
    return found


@cache
def used() -> tuple[Used, ...]:
    """Every text the source shows."""
    return tuple(found for path in _sources() for found in texts_in(ast.parse(path.read_text()), path.name))


def texts_in(tree: ast.AST, name: str) -> Iterator[Used]:
    """The texts in `t("…")`, `t.plural("…", "…", n)`, `turn.texts("…")`, `message("…")`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        where = f"{name}:{node.lineno}"
        if _is_plural(node.func):
            one, many = (_constant(argument, where) for argument in node.args[:2])
            yield Used(one, many, where)
        elif _is_translator(node.func) or (isinstance(node.func, ast.Name) and node.func.id == "message"):
            for english in _constants(node.args[0], where):
                yield Used(english, None, where)


def test_the_extractor_sees_every_way_of_saying_something() -> None:
    """Direct texts, both branches of a choice, plurals and marked texts are found; names of tables are not texts."""
    tree = ast.parse(
        't("a")\nt("b" if x else "c", y=1)\nt.plural("d", "e", 2)\nself.texts("f")\nmessage("g")\nt(TABLE[x])\n'
        'texts_for(l)("h")\nother("i")\nt(TABLE["j"])\nturn.texts.plural("k", "l", n)'
    )
    found = {(text.english, text.plural) for text in texts_in(tree, "x")}
    assert found == {
        ("a", None),
        ("b", None),
        ("c", None),
        ("d", "e"),
        ("f", None),
        ("g", None),
        ("h", None),
        ("k", "l"),
    }


def test_the_extractor_refuses_assembled_texts() -> None:
    """A text put together at run time can not be translated."""
    for assembled in ('t(f"a {x}")', 't("a" + x)', 't.plural(f"{x}", "b", 1)'):
        with pytest.raises(AssertionError):
            list(texts_in(ast.parse(assembled), "x"))


def calls() -> Iterator[tuple[str, set[str], set[str]]]:
    """The calls with texts of their own: where, the text's placeholders, the values given."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or any(keyword.arg is None for keyword in node.keywords):
                continue
            given = {str(keyword.arg) for keyword in node.keywords}
            if _is_plural(node.func):
                many = _constant(node.args[1], path.name)
                yield f"{path.name}:{node.lineno}", placeholders(many) | {"n"}, given | {"n"}
            elif _is_translator(node.func):
                for english in _constants(node.args[0], path.name):
                    yield f"{path.name}:{node.lineno}", placeholders(english), given


def _sources() -> list[Path]:
    return sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))


def _is_translator(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in TRANSLATORS
        case ast.Call(func=ast.Name(id="texts_for")):
            return True
    return False


def _is_plural(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "plural" and _is_translator(function.value)


def _constant(argument: ast.expr, where: str) -> str:
    assert isinstance(argument, ast.Constant), f"{where}: not a plain text"
    assert isinstance(argument.value, str), f"{where}: not a text"
    return argument.value


def _constants(argument: ast.expr, where: str) -> Iterator[str]:
    match argument:
        case ast.IfExp(body=one, orelse=other):
            yield from _constants(one, where)
            yield from _constants(other, where)
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call():
            return  # out of a table of marked texts
        case _:
            yield _constant(argument, where)
