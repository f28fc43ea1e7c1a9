"""Bodies of requests stay in memory, within their limits, and are read as what they are.

Werkzeug by itself would spool large parts to disk in plaintext, holds a form without files to no
limit but the body's, and turns bytes that are no UTF-8 into percent signs without a word.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_PARTS = 500
MOST_FIELDS = 5_000


class FormParser(FormDataParser):
    """A form without files is held to the limit of fields; what is no UTF-8 becomes U+FFFD, which
    the form refuses by its name."""

    def _parse_urlencoded(
        self, stream: IO[bytes], _mimetype: str, _length: int | None, _options: dict[str, str]
    ) -> Any:
        limit = self.max_form_memory_size or 0
        body = stream.read(limit + 1)
        if len(body) > limit or body.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge
        text = body.decode(errors="replace")
        items = parse_qsl(text, keep_blank_values=True, errors="replace")
        return stream, self.cls(items), self.cls()


class MemoryRequest(Request):
    """A request whose uploaded parts never touch a disk, whatever their size."""

    form_data_parser_class = FormParser

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def keep_bodies_in_memory(app: Flask, max_body_bytes: int, max_field_bytes: int) -> None:
    """Bodies are capped in bytes and parsed in memory only."""
    app.request_class = MemoryRequest
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = max_field_bytes
    app.config["MAX_FORM_PARTS"] = MOST_PARTS
