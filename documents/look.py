"""How our documents look: few sizes, two shades of ink, one colour."""

from __future__ import annotations

from documents.fonts import Colour, Style

INK: Colour = (33, 37, 41)
GREY: Colour = (90, 97, 104)
ACCENT: Colour = (27, 77, 114)
LINE: Colour = (205, 210, 215)
PALE: Colour = (243, 246, 248)
WARNING: Colour = (176, 84, 0)
WARNING_PALE: Colour = (255, 243, 224)

BODY = Style(9.5, colour=INK)
SMALL = Style(8.25, colour=GREY)
LABEL = Style(8.25, colour=GREY)
NAME = Style(15, is_strong=True, colour=ACCENT)
TITLE = Style(21, is_strong=True, colour=INK)
SECTION = Style(10.5, is_strong=True, colour=INK)
TOTAL = Style(12, is_strong=True, colour=INK)
