"""Paper to write on: pages as PDF/A-3U, every text tagged, the same bytes for the same content.

fpdf2 checks the rules of PDF/A itself (`enforce_compliance`) and is told everything it would ask the clock or chance
for. Texts are placed to the point: what flows over several pages is cut by documents/pagination.py.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from itertools import groupby
from typing import Self

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.prefs import ViewerPreferences
from fpdf.syntax import PDFString

from cards.language import Texts
from documents.fonts import Colour, Faces, Style
from documents.tags import Tag, TagTree

LEFT = 20.0
RIGHT = 190.0
WIDTH = RIGHT - LEFT
_BASELINE = 0.72
"""Where in a line the letters stand, from its top."""
_PRODUCER = "Four Star Support (fpdf2)"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


class Sheet(FPDF):
    """The pages of one document. Lengths are in millimetres, from the left and the top."""

    def __init__(self, t: Texts, *, title: str, subject: str, author: str, made_on: dt.date) -> None:
        super().__init__(enforce_compliance="PDF/A-3U")
        self.struct_builder = self.tags = TagTree()
        self.faces = Faces(self)
        self.set_auto_page_break(False)
        self.str_alias_nb_pages = ""
        self.creation_date = self.made_at = dt.datetime.combine(made_on, dt.time(12), tzinfo=dt.UTC)
        self.set_lang({"nl": "nl-NL", "en": "en-GB"}[t.language.value])
        self.set_title(title)
        self.set_subject(subject)
        self.set_author(author)
        self.set_producer(_PRODUCER)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_xmp_metadata(self._metadata(title, subject, author))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the typefaces, which are read from their files as far as they are needed."""
        self.faces.close()

    def put(
        self, text: str, x: float, y: float, style: Style, *, is_right: bool = False, tag: Tag | None = None
    ) -> float:
        """A text in a line whose top is at `y`, from `x` on or ending there. Returns its width."""
        wide = self.faces.width(text, style)
        at = x - wide if is_right else x
        with self.tagged(tag), self._read_as(text) as shown:
            for run in self.faces.runs(shown, style):
                self.set_font(run.family, run.style, style.size)
                self.set_text_color(*style.colour)
                self.text(at, y + style.height * _BASELINE, run.text)
                at += self.get_string_width(run.text)
        return wide

    def wrapped(self, text: str, width: float, style: Style) -> list[str]:
        """A text in lines of at most `width`; a word that is wider is cut."""
        lines: list[str] = []
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if self.faces.width(longer, style) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = self._cut(word, width, style)
            lines += whole
        return [*lines, line]

    def clipped(self, text: str, width: float, style: Style) -> str:
        """A text, or as much of it as fits with an ellipsis; for what stands in full elsewhere."""
        if self.faces.width(text, style) <= width:
            return text
        return self._cut(text, width - self.faces.width("…", style), style)[0].rstrip() + "…"

    def _cut(self, word: str, width: float, style: Style) -> list[str]:
        parts = [""]
        for character in word:
            if parts[-1] and self.faces.width(parts[-1] + character, style) > width:
                parts.append("")
            parts[-1] += character
        return parts

    def rule(self, x: float, y: float, width: float, colour: Colour, thickness: float = 0.2) -> None:
        """A horizontal line."""
        self.box(x, y - thickness / 2, width, thickness, colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled area behind what is written after it."""
        with self.tagged(None):
            self.set_fill_color(*colour)
            self.rect(x, y, width, height, style="F")

    def squares(self, rows: Sequence[Sequence[bool]], x: float, y: float, size: float) -> None:
        """Dark squares in rows; those beside each other are one box, so that no hairline shows between them."""
        self.set_fill_color(0, 0, 0)
        for row, modules in enumerate(rows):
            column = 0
            for is_dark, run in groupby(modules):
                wide = len(list(run))
                if is_dark:
                    self.rect(x + column * size, y + row * size, wide * size, size, style="F")
                column += wide

    @contextmanager
    def tagged(self, tag: Tag | None) -> Iterator[None]:
        """What is drawn inside belongs to an element of the structure; without one it only decorates."""
        if tag is None:
            self._out("/Artifact BMC")
        else:
            number = self.tags.mark(tag, self.page, self.pages[self.page])
            self._out(f"/{tag.kind_name()} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def _read_as(self, text: str) -> Iterator[str]:
        """The text in the order in which it is drawn; where that is not how it is read, with the text to read."""
        if not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
            yield text
            return
        self._out(f"/Span <</ActualText {PDFString(text).serialize()}>> BDC")
        yield BidiParagraph(text).get_reordered_string()
        self._out("EMC")

    def _metadata(self, title: str, subject: str, author: str) -> str:
        """The metadata as XML: fpdf2's own would say when it was made by the clock."""
        made_at = self.made_at.isoformat(timespec="seconds")
        return (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
            ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
            "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
            f"<xmp:CreateDate>{made_at}</xmp:CreateDate><xmp:ModifyDate>{made_at}</xmp:ModifyDate>"
            f"<xmp:MetadataDate>{made_at}</xmp:MetadataDate><pdf:Producer>{_PRODUCER}</pdf:Producer>"
            f"<dc:title>{_by_default(title)}</dc:title><dc:description>{_by_default(subject)}</dc:description>"
            f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>"
            "</rdf:Description></rdf:RDF></x:xmpmeta>"
        )


def _by_default(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'
