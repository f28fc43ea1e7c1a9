"""Bodies of requests stay in memory: Werkzeug would otherwise spool large parts to disk in
plaintext."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Flask, Request


class MemoryRequest(Request):
    """A request whose uploaded parts never touch a disk, whatever their size."""

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
    app.config["MAX_FORM_PARTS"] = 500
