"""Circulars as files. RENDERERS: suffix → a function from the circular to the bytes of the file."""

from collections.abc import Callable, Mapping
from typing import Final

from checker.circular.model import Circular
from checker.render import document, page, tablecsv, tablejson, workbook
from checker.render.document import render_slip

RENDERERS: Final[Mapping[str, Callable[[Circular], bytes]]] = {
    ".json": tablejson.render,
    ".docx": document.render,
    ".xlsx": workbook.render,
    ".html": page.render,
    ".csv": tablecsv.render,
}

__all__ = ["RENDERERS", "render_slip"]
