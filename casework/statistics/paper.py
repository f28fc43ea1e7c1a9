"""From a page to a PDF, with everything that WeasyPrint needs loaded only when somebody prints."""

from __future__ import annotations

from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

SHEET = Path(__file__).with_name("report.css")
VARIANT = "pdf/ua-1"
LIBRARY = "pangoft2-1.0"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
"""What Debian calls what is needed beside the Python package."""


class NothingLoaded(Exception):
    """The page asked for something from outside itself, which never happens here."""


@cache
def can_print() -> bool:
    """True where the package and the libraries it draws with are installed."""
    return find_spec("weasyprint") is not None and find_library(LIBRARY) is not None


def refuse(address: str, *_args: object, **_more: object) -> NoReturn:
    """No image, font or sheet is fetched from anywhere."""
    raise NothingLoaded(address.split(":", 1)[0])


def without_marks(page: str) -> str:
    """The page without the marks that keep codes apart in a text of another direction: on paper in
    French or English each would only be one more tag."""
    return page.replace("<bdi>", "").replace("</bdi>", "")


def as_pdf(page: str) -> bytes:
    """The page as a tagged PDF (PDF/UA-1). Raises ImportError or OSError without the libraries."""
    from weasyprint import CSS, HTML

    document = HTML(string=without_marks(page), url_fetcher=refuse, base_url=None)
    sheet = CSS(string=SHEET.read_text(encoding="utf-8"), url_fetcher=refuse)
    pdf = document.write_pdf(stylesheets=[sheet], pdf_variant=VARIANT)
    if not isinstance(pdf, bytes):
        raise OSError("nothing was drawn")
    return pdf
