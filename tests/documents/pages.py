"""What a PDF says to whoever opens it: its text, its structure, its attachment, its pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from contract.invoices import Invoice
from documents.invoices import invoice_pdf
from documents.ubl import invoice_ubl


def made(invoice: Invoice, **options: str) -> bytes:
    """The PDF, with the UBL inside where there is one."""
    return invoice_pdf(invoice, invoice_ubl(invoice) if invoice.number else b"", **options)


def opened(pdf: bytes) -> PdfReader:
    """The document, read strictly."""
    return PdfReader(io.BytesIO(pdf), strict=True)


def root_of(pdf: bytes) -> Any:
    """The catalogue of the document."""
    return opened(pdf).trailer["/Root"]


def pages_of(pdf: bytes) -> list[Any]:
    """Its pages."""
    return list(opened(pdf).pages)


def text_of(pdf: bytes) -> str:
    """All its text, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in opened(pdf).pages).split())


def pictures(pdf: bytes, scale: float = 2.5) -> list[Image.Image]:
    """Its pages as pictures."""
    return [page.render(scale=scale).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def codes(pdf: bytes) -> list[str]:
    """The texts of the QR codes that a camera sees on its pages."""
    return [found.text for picture in pictures(pdf) for found in zxingcpp.read_barcodes(picture)]


@dataclass(slots=True)
class Element:
    """An element of the structure: its kind, the text that is written in it, and the elements within."""

    kind: str
    text: str = ""
    alt: str | None = None
    attributes: Any = None
    kids: list[Element] = field(default_factory=list)

    def all(self, kind: str) -> list[Element]:
        """Every element of a kind below this one, in reading order."""
        found = [self] if self.kind == kind else []
        return found + [one for kid in self.kids for one in kid.all(kind)]


def structure(pdf: bytes) -> Element:
    """The structure as a screen reader follows it."""
    reader = opened(pdf)
    written = [_marked(page) for page in reader.pages]
    ids = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages) if page.indirect_reference}
    (document,) = root_of(pdf)["/StructTreeRoot"]["/K"]
    return _element(document.get_object(), written, ids)


def rows(pdf: bytes) -> list[list[str]]:
    """The cells of all tables, row by row, with plain spaces."""
    found = [row for table in structure(pdf).all("/Table") for row in table.all("/TR")]
    return [[plain(cell.text) for cell in row.kids] for row in found]


def said(pdf: bytes) -> str:
    """Everything a screen reader says, with plain spaces."""
    return plain(" ".join(_texts(structure(pdf))))


def plain(text: str) -> str:
    """A text with plain spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _texts(element: Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for kid in element.kids:
        yield from _texts(kid)


def outside_the_margins(pdf: bytes) -> int:
    """How many dots are not white in the margins of 19 mm on both sides and of 5 mm below and above."""
    dots = 0
    for picture in pictures(pdf, scale=1):
        grey = picture.convert("L")
        wide, high = grey.size
        side, edge = round(wide * 19 / 210), round(high * 5 / 297)
        for box in ((0, 0, side, high), (wide - side, 0, wide, high), (0, 0, wide, edge), (0, high - edge, wide, high)):
            dots += sum(grey.crop(box).histogram()[:200])
    return dots


def artifacts(pdf: bytes) -> list[str]:
    """Texts that only decorate, page by page: a screen reader passes them over."""
    return [text for page in opened(pdf).pages for number, text in _pieces(page) if number is None and text]


def _marked(page: Any) -> dict[int, str]:
    """What is written under each number of a page."""
    found: dict[int, str] = {}
    for number, text in _pieces(page):
        if number is not None:
            found[number] = found.get(number, "") + text
    return found


def _pieces(page: Any) -> Iterator[tuple[int | None, str]]:
    """Every text of a page with its number, as it is to be read; everything has to be marked as something."""
    fonts = {name: _characters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    font: dict[int, str] = {}
    marks: list[tuple[int | None, bool]] = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"BDC", b"BMC"):
            properties = operands[1] if operator == b"BDC" else {}
            number = properties.get("/MCID", marks[-1][0] if marks else None)
            marks.append((number, "/ActualText" in properties))
            yield number, str(properties.get("/ActualText", ""))
        elif operator == b"EMC":
            marks.pop()
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator == b"Tj":
            assert marks, "a text that is marked as nothing"
            if not any(is_replaced for _, is_replaced in marks):
                codes_ = operands[0].original_bytes
                cids = [int.from_bytes(codes_[at : at + 2], "big") for at in range(0, len(codes_), 2)]
                yield marks[-1][0], "".join(font[cid] for cid in cids)
        elif operator in (b"re", b"f", b"S"):
            assert marks, "something drawn that is marked as nothing"


def _characters(font: Any) -> dict[int, str]:
    """Which character each code of a font stands for, as the font itself says: what makes it "U"."""
    lines = font["/ToUnicode"].get_object().get_data().decode()
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", lines)
    return {int(code, 16): bytes.fromhex(character).decode("utf-16-be") for code, character in pairs}


def _element(found: Any, written: list[dict[int, str]], ids: dict[int, int]) -> Element:
    element = Element(found["/S"], alt=found.get("/Alt"), attributes=found.get("/A"))
    for kid in (one.get_object() for one in found["/K"]):
        if kid.get("/Type") == "/MCR":
            page = ids[kid.raw_get("/Pg").idnum]
            element.text = f"{element.text} {written[page][kid['/MCID']]}".strip()
        else:
            assert kid.raw_get("/P").get_object() == found
            element.kids.append(_element(kid, written, ids))
    return element
