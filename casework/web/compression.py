"""The stylesheet and the script travel compressed, also where no proxy stands in front.

Static files only: a compressed page with a token and typed words in it could be measured (BREACH).
"""

from __future__ import annotations

import gzip
from functools import cache

from flask import Flask, Response, request

COMPRESSIBLE = frozenset({"text/css", "text/javascript", "image/svg+xml"})
LEVEL = 9


@cache
def compressed(content: bytes) -> bytes:
    """The content in gzip, the same bytes each time; kept, since there are three such files."""
    return gzip.compress(content, LEVEL, mtime=0)


def compress(response: Response) -> Response:
    """A static text is sent in gzip to a browser that accepts it."""
    if request.endpoint != "static" or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if response.mimetype in COMPRESSIBLE and request.accept_encodings.quality("gzip") > 0:
        response.direct_passthrough = False
        content = response.get_data()
        response.close()
        response.set_data(compressed(content))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
    return response


def register(app: Flask) -> None:
    """Every static answer passes through `compress`."""
    app.after_request(compress)
