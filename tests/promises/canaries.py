"""Words that stand nowhere but in one sealed case, and a search for them in everything on disk."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

NAME = "Zoumanatou Canari-Tessalit"
PHONE = "00 71 93 58 24"
NOTE = "Le chameau bleu dort sous le tamarinier."
CANARIES = (NAME, PHONE, NOTE)


def shapes(text: str) -> Iterator[bytes]:
    """The text as it could stand on a disk: UTF-8, UTF-16, base64 at every offset, hexadecimal."""
    for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for offset in range(3):
            yield base64.b64encode(plain[offset:])[: len(plain) - 4]


def traces(places: Iterable[Path], texts: Iterable[str] = CANARIES) -> list[str]:
    """Where any of the texts stands in the files, by file name."""
    wanted = [shape for text in texts for shape in shapes(text)]
    files = [path for place in places for path in every_file(place)]
    return sorted({path.name for path in files for shape in wanted if shape in path.read_bytes()})


def every_file(place: Path) -> list[Path]:
    """The files below a folder, or the file itself."""
    return [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
