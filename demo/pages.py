"""Looks at the pages of a PDF: their text, and what they look like."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pypdfium2

SCALE = 1.6
"""Of 72 dots an inch."""


def page_text(pdf: bytes) -> str:
    """The text of all pages; a space that does not break is a space."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\N{NO-BREAK SPACE}", " ")


def page_pictures(pdf: bytes) -> Iterator[bytes]:
    """Each page as a PNG."""
    for page in pypdfium2.PdfDocument(pdf):
        picture = BytesIO()
        page.render(scale=SCALE).to_pil().save(picture, format="PNG")
        yield picture.getvalue()
