"""The structure that a screen reader follows: headings, paragraphs, a table with its heads, the picture's text.

fpdf2 tags pictures and links only, all side by side. This builder stands in the place of its own and makes a tree: the
reader is told "row 3, amount" instead of a heap of words. What only decorates is an artifact and is passed over.

It rests on the inner structure of fpdf2 (its `struct_builder`); the tests read every tag back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fpdf.output import PDFPage
from fpdf.structure_tree import StructElem, StructureTreeBuilder
from fpdf.syntax import PDFObject


class Tag(StructElem):
    """One element of the structure, such as /H1 or /TD."""

    def __init__(self, kind: str, parent: PDFObject, *, alt: str | None = None, attributes: str | None = None) -> None:
        """`attributes` is a dictionary as PDF writes it, such as the scope of a table's head."""
        super().__init__(f"/{kind}", parent, [], page_number=1, alt=alt)
        self.a = attributes
        self._kind = kind

    def kind_name(self) -> str:
        """The kind without its slash."""
        return self._kind


class _Content:
    """A reference to marked content on a page."""

    def __init__(self, page: PDFPage, number: int) -> None:
        self._page = page
        self._number = number

    def serialize(self, **_: object) -> str:
        return f"<< /Type /MCR /Pg {self._page.ref} /MCID {self._number} >>"


class TagTree(StructureTreeBuilder):
    """The structure of a document, in reading order."""

    def __init__(self) -> None:
        super().__init__()
        self._tags: list[Tag] = []
        self._next: Counter[int] = Counter()

    def add(
        self, kind: str, parent: Tag | None = None, *, alt: str | None = None, attributes: str | None = None
    ) -> Tag:
        """A new element at the end of another, or of the document."""
        within = self.doc_struct_elem if parent is None else parent
        tag = Tag(kind, within, alt=alt, attributes=attributes)
        within.k.append(tag)
        self._tags.append(tag)
        return tag

    def mark(self, tag: Tag, page_number: int, page: PDFPage) -> int:
        """The number under which content on a page belongs to an element."""
        number = self._next[page_number]
        self._next[page_number] += 1
        tag.k.append(_Content(page, number))
        page.struct_parents = self.spid_per_page_number.setdefault(page_number, len(self.spid_per_page_number))
        self.struct_tree_root.parent_tree.nums[page.struct_parents].append(tag)
        return number

    def __iter__(self) -> Iterator[PDFObject]:
        yield self.struct_tree_root
        yield self.doc_struct_elem
        yield self.struct_tree_root.parent_tree
        yield from self._tags
