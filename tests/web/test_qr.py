"""QR codes as elements of a page."""

from __future__ import annotations

import re

import pytest

from casework.web import qr


def test_a_code_is_one_svg_element_without_style_or_script() -> None:
    drawn = str(qr.drawn("casework.example/log\n12\nAAAA="))
    assert drawn.startswith("<svg")
    assert drawn.endswith("</svg>")
    assert not re.search(r"style=|<script|href", drawn)


def test_two_texts_are_drawn_differently() -> None:
    assert qr.drawn("a" * 40) != qr.drawn("b" * 40)


def test_a_text_too_long_for_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match="data"):
        qr.drawn("x" * 3000)
