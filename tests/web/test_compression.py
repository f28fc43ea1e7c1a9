"""What a first visit weighs, straight from our own server, and that no page is ever compressed."""

from __future__ import annotations

import gzip
import re

from tests.support.strict_client import StrictClient

FIRST_VISIT = 14_000
GZIP = {"Accept-Encoding": "gzip"}


def wire_bytes(client: StrictClient, address: str) -> int:
    """Body and headers of one answer as they travel."""
    answer = client.get(address, headers=GZIP)
    assert answer.status_code == 200
    size = len(answer.data) + len(str(answer.headers))
    answer.close()
    return size


def test_the_first_visit_is_three_requests_and_under_fourteen_kilobytes(
    client: StrictClient,
) -> None:
    page = client.get("/sign-in").text
    linked = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(linked) == 2, "the page itself, the stylesheet and the icon"
    total = wire_bytes(client, "/sign-in") + sum(wire_bytes(client, each) for each in linked)
    assert total < FIRST_VISIT


def test_the_stylesheet_is_the_same_in_gzip(client: StrictClient) -> None:
    plain = client.get("/static/casework.css")
    packed = client.get("/static/casework.css", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    plain.close()


def test_a_page_is_never_compressed(client: StrictClient) -> None:
    assert "Content-Encoding" not in client.get("/sign-in", headers=GZIP).headers
