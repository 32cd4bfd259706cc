"""The typefaces of every page: Source Sans 3, whose figures are all equally wide, and DejaVu Sans for what it lacks.

Both are in the folder `typefaces`, with their licences. A character that neither has is shown as a replacement
character, so that nobody takes a text for complete that is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

from documents.wording import UNREADABLE

FAMILY = "sans"
FALLBACK = "other"
_FILES = {
    (FAMILY, ""): "SourceSans3-Regular.ttf",
    (FAMILY, "B"): "SourceSans3-Semibold.ttf",
    (FALLBACK, ""): "DejaVuSans.ttf",
}
# Selectors, joiners and other marks without a shape of their own.
_SHAPELESS = {*range(0x200B, 0x2010), 0xAD, *range(0x2060, 0x2065), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0)}

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: its size in points, whether it is strong, its colour."""

    size: float
    is_strong: bool = False
    colour: Colour = (33, 37, 41)

    @property
    def strong(self) -> Style:
        """The same, strong."""
        return replace(self, is_strong=True)

    @property
    def height(self) -> float:
        """The height of a line, in millimetres."""
        return self.size * 0.49


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one typeface."""

    family: str
    style: str
    text: str


class Faces:
    """The typefaces of one document; the fallback is read when it is needed."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._fonts: dict[str, TTFFont] = {}

    def runs(self, text: str, style: Style) -> Iterator[Run]:
        """A text, cut where the typeface changes; nothing in it is left without a shape."""
        main = self._font(FAMILY, "B" if style.is_strong else "")
        if all(ord(character) in main.cmap for character in text):
            yield Run(FAMILY, "B" if style.is_strong else "", text)
            return
        other = self._font(FALLBACK, "")
        shown = [character for character in text if ord(character) not in _SHAPELESS]
        for family, characters in groupby(shown, lambda one: FAMILY if ord(one) in main.cmap else FALLBACK):
            if family == FAMILY:
                yield Run(FAMILY, "B" if style.is_strong else "", "".join(characters))
            else:
                known = (one if ord(one) in other.cmap else UNREADABLE for one in characters)
                yield Run(FALLBACK, "", "".join(known))

    def width(self, text: str, style: Style) -> float:
        """How wide a text is, in millimetres."""
        wide = 0.0
        for run in self.runs(text, style):
            widths = self._font(run.family, run.style).cw
            wide += sum(widths[ord(character)] for character in run.text)
        return wide * style.size * 0.001 / self._pdf.k

    def close(self) -> None:
        """Close their files."""
        for font in self._fonts.values():
            font.ttfont.close()

    def _font(self, family: str, style: str) -> TTFFont:
        key = family + style
        if key not in self._fonts:
            self._pdf.add_font(family, style, _path(_FILES[family, style]))
            self._fonts[key] = cast("TTFFont", self._pdf.fonts[key])
        return self._fonts[key]


@cache
def _path(name: str) -> str:
    return str(files("documents") / "typefaces" / name)
