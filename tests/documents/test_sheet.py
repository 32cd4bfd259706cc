"""Every page is PDF/A-3U: what an archive checks before it takes a file, written out one by one (ISO 19005-3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from lxml import etree
from pypdf.generic import ContentStream, DictionaryObject

from cards.language import texts_for
from contract.people import Language
from documents.fonts import Style
from documents.sheet import Sheet
from tests.documents.pages import made, opened, pages_of, root_of
from tests.documents.samples import EVERY

XMP = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}


@pytest.fixture(scope="module", params=EVERY)
def pdf(request: pytest.FixtureRequest) -> bytes:
    """An invoice of every kind."""
    return made(EVERY[request.param](language=Language.NL))


def fonts(pdf: bytes) -> Iterator[Any]:
    """Every font of every page."""
    for page in pages_of(pdf):
        yield from (font.get_object() for font in page["/Resources"]["/Font"].values())


def objects(pdf: bytes) -> Iterator[Any]:
    """Every object of the file."""
    reader: Any = opened(pdf)
    for number in range(1, int(reader.trailer["/Size"])):
        yield reader.get_object(number)


def test_the_file_begins_and_ends_as_it_must(pdf: bytes) -> None:
    """Version 1.7, a second line of four bytes above 127, an identifier, nothing after the end, no encryption (6.1)."""
    assert pdf.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in pdf.split(b"\n")[1][1:5])
    assert pdf.rstrip().endswith(b"%%EOF")
    trailer: Any = opened(pdf).trailer
    assert len(trailer["/ID"]) == 2
    assert "/Encrypt" not in trailer


def test_colours_have_a_meaning(pdf: bytes) -> None:
    """One output intent with an embedded profile of three colours, and no colour that it does not cover (6.2)."""
    (intent,) = root_of(pdf)["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3
    assert profile.get_data()[36:40] == b"acsp"
    for page in pages_of(pdf):
        operators = {operator for _, operator in ContentStream(page.get_contents(), page.pdf).operations}
        assert not operators & {b"k", b"K", b"cs", b"CS", b"sh"}


def test_fonts_are_embedded_and_say_what_they_write(pdf: bytes) -> None:
    """Every font is in the file, and maps each code to a character: that is the "U" of the name (6.2.11)."""
    for font in fonts(pdf):
        (descendant,) = font["/DescendantFonts"]
        descendant = descendant.get_object()
        program = descendant["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()
        assert program[:4] == b"\x00\x01\x00\x00"
        assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"]), "a subset has a tag before its name"
        mapped = font["/ToUnicode"].get_object().get_data().decode()
        characters = dict(re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", mapped.partition("beginbfchar")[2]))
        del characters["0000"]  # the glyph for what is missing, which the next test finds nowhere
        assert characters
        assert not {"0000", "FEFF", "FFFE"} & set(characters.values())


def test_no_glyph_is_missing(pdf: bytes) -> None:
    """The glyph that stands for a missing one is never drawn (6.2.11.8)."""
    drawn = [
        operands[0].original_bytes
        for page in pages_of(pdf)
        for operands, operator in ContentStream(page.get_contents(), page.pdf).operations
        if operator == b"Tj"
    ]
    assert drawn
    assert not any(text[at : at + 2] == b"\0\0" for text in drawn for at in range(0, len(text), 2))


def test_widths_are_those_of_the_glyphs(pdf: bytes) -> None:
    """What the file says of a glyph's width is what the glyph has, to a thousandth (6.2.11.5)."""
    import io

    for font in fonts(pdf):
        descendant = font["/DescendantFonts"][0].get_object()
        program = TTFont(io.BytesIO(descendant["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()))
        to_glyph = descendant["/CIDToGIDMap"].get_object().get_data()
        order, metrics, scale = program.getGlyphOrder(), program["hmtx"], 1000 / program["head"].unitsPerEm
        for cid, width in widths(descendant["/W"]):
            glyph = int.from_bytes(to_glyph[2 * cid : 2 * cid + 2], "big")
            if cid:
                assert abs(metrics[order[glyph]][0] * scale - width) <= 1


def widths(listed: Any) -> Iterator[tuple[int, float]]:
    """The pairs of code and width in a /W array."""
    rest = [one.get_object() if hasattr(one, "get_object") else one for one in listed]
    while rest:
        first = int(rest.pop(0))
        second = rest.pop(0)
        if isinstance(second, list):
            yield from ((first + offset, float(width)) for offset, width in enumerate(second))
        else:
            width = float(rest.pop(0))
            yield from ((code, width) for code in range(first, int(second) + 1))


def test_the_metadata_claim_it(pdf: bytes) -> None:
    """Part 3, conformance U, title, creator and dates in an uncompressed packet (6.6)."""
    stream = root_of(pdf)["/Metadata"].get_object()
    assert "/Filter" not in stream
    root = etree.fromstring(stream.get_data())
    found = {name: root.findtext(f".//{name}", None, XMP) for name in ("pdfaid:part", "pdfaid:conformance")}
    assert found == {"pdfaid:part": "3", "pdfaid:conformance": "U"}
    title = root.findtext(".//dc:title/rdf:Alt/rdf:li", "", XMP)
    assert title.split()[0] in {"Factuur", "Creditnota"}
    assert root.findtext(".//dc:creator/rdf:Seq/rdf:li", "", XMP) == "Oxineo"
    assert root.findtext(".//xmp:CreateDate", "", XMP) == root.findtext(".//xmp:ModifyDate", "", XMP)


def test_metadata_of_nasty_names_are_xml() -> None:
    """A name with markup is written as text."""
    t = texts_for(Language.EN)
    with Sheet(t, title="<b>&", subject="'\"", author="</rdf:li>", made_on=date(2026, 12, 1)) as sheet:
        sheet.add_page()
        sheet.put("text", 20, 20, Style(10))
        pdf = bytes(sheet.output() or b"")
    root = etree.fromstring(root_of(pdf)["/Metadata"].get_object().get_data())
    assert root.findtext(".//dc:title/rdf:Alt/rdf:li", "", XMP) == "<b>&"
    assert root.findtext(".//dc:creator/rdf:Seq/rdf:li", "", XMP) == "</rdf:li>"


def test_the_attachment_is_associated(pdf: bytes) -> None:
    """The catalogue names it; it says its relation, both its names, its type and its date (6.8)."""
    (specification,) = (one.get_object() for one in root_of(pdf)["/AF"])
    assert specification["/AFRelationship"] == "/Alternative"
    assert specification["/F"] == specification["/UF"]
    assert str(specification["/F"]).endswith(".xml")
    assert specification["/Desc"]
    stream = specification["/EF"]["/F"].get_object()
    assert stream["/Subtype"] == "/text/xml"
    assert "/ModDate" in stream["/Params"]
    root = root_of(pdf)
    assert root["/Names"]["/EmbeddedFiles"]["/Names"] == [specification["/F"], root["/AF"][0].indirect_reference]


def test_nothing_acts_by_itself(pdf: bytes) -> None:
    """No scripts, no forms, no annotations, no pictures with transparency, no outside files (6.3 to 6.5)."""
    forbidden = {"/JavaScript", "/JS", "/AA", "/AcroForm", "/XFA", "/Launch", "/SMask", "/Annots", "/LZWDecode"}
    for found in objects(pdf):
        if isinstance(found, DictionaryObject):
            assert not forbidden & {*map(str, found.keys()), *map(str, found.values())}


def test_it_is_tagged_and_speaks_a_language(pdf: bytes) -> None:
    """Marked as tagged, in Dutch, with the title in the window's bar; every page is in the structure."""
    root = root_of(pdf)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl-NL"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    parents = root["/StructTreeRoot"]["/ParentTree"].get_object()["/Nums"]
    pages = pages_of(pdf)
    assert [page["/StructParents"] for page in pages] == parents[::2] == list(range(len(pages)))
    for page, elements in zip(pages, parents[1::2], strict=True):
        numbers = re.findall(rb"/MCID (\d+)", page.get_contents().get_data())
        assert [int(number) for number in numbers] == list(range(len(elements)))


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    """Paper without a page."""
    with Sheet(texts_for(Language.EN), title="t", subject="s", author="a", made_on=date(2026, 12, 1)) as made:
        yield made


def test_words_are_cut_only_when_they_must_be(sheet: Sheet) -> None:
    """Lines break between words; a word wider than the line is cut; nothing is lost."""
    style = Style(10)
    text = "short words and " + "x" * 200 + " end"
    lines = sheet.wrapped(text, 60, style)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines[0] == "short words and"
    assert all(sheet.faces.width(line, style) <= 60 for line in lines)
    assert sheet.wrapped("", 60, style) == [""]
    assert sheet.clipped("short", 60, style) == "short"
    clipped = sheet.clipped("y" * 200, 60, style)
    assert clipped.endswith("y…")
    assert sheet.faces.width(clipped, style) <= 60


def test_figures_are_equally_wide(sheet: Sheet) -> None:
    """Amounts stand under each other to the cent, in both weights."""
    for style in (Style(10), Style(10).strong):
        assert len({round(sheet.faces.width(figure, style), 6) for figure in "0123456789"}) == 1


def test_the_licences_travel_with_the_typefaces() -> None:
    """Each typeface may be handed on only with its licence beside it."""
    from importlib.resources import files

    names = {found.name for found in (files("documents") / "typefaces").iterdir()}
    assert names == {
        "DejaVuSans-licence.txt",
        "DejaVuSans.ttf",
        "SourceSans3-OFL.txt",
        "SourceSans3-Regular.ttf",
        "SourceSans3-Semibold.ttf",
    }
