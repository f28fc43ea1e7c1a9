"""Forms: what cannot be read is said so, and no odd body breaks a page."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.support.strict_client import StrictClient
from tests.web.conftest import token_of
from tests.web.trials import marks

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
END = b"--b--\r\n"
LONG = b"a" * 3_000_000
KINDS = (
    "",
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 500,
    "application/xml; charset=\x7f",
    FORM + "; charset=utf-16",
)
UNREADABLE = {
    "null byte": b"text=a%00b",
    "raw null byte": b"text=a\x00b",
    "broken UTF-8": b"text=a%C3%28",
    "raw broken UTF-8": b"text=a\xc3\x28",
    "half a surrogate": b"text=%ED%A0%80",
    "latin 1": "text=é".encode("latin-1"),
    "UTF-16": b"text=" + "é".encode("utf-16"),
    "control character": b"text=a%07",
    "no character": b"text=%EF%BF%BE",
}


def sent(client: StrictClient, body: bytes, kind: str = FORM) -> tuple[int, str]:
    """Status and place after a form with this body, behind the session's own token."""
    prefix = f"csrf_token={token_of(client)}&".encode()
    answer = client.post("/trial/form", data=prefix + body, content_type=kind)
    return answer.status_code, answer.headers.get("Location", "")


def part(name: str, content: bytes, more: str = "") -> bytes:
    """One part of a form of several."""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def test_what_cannot_be_read_is_said_so_and_changes_nothing(
    zeinab: StrictClient, session: Session
) -> None:
    for kind, body in UNREADABLE.items():
        status, place = sent(zeinab, body)
        assert (status, marks(session)) == (303, []), kind
        assert "caractères illisibles" in zeinab.page(place).text, kind


def test_every_script_is_taken_as_it_is(zeinab: StrictClient, session: Session) -> None:
    texts = ["Aïchatou Maïga", "ߒ ߞߊ߲", "عائشة", "👩🏾‍⚖️", "a\r\nb", "\u200e", "<b>&amp;", "%", "+"]
    for text in texts:
        form = {"csrf_token": token_of(zeinab), "text": text}
        assert zeinab.post("/trial/form", data=form).headers["Location"] == "/trial/form"
    assert marks(session) == sorted(texts)


def test_what_is_shown_again_is_text_and_never_markup(zeinab: StrictClient) -> None:
    typed = "<script>alert(1)</script>\"'" + "x" * 50
    form = {"csrf_token": token_of(zeinab), "text": typed}
    page = zeinab.page(zeinab.post("/trial/form", data=form).headers["Location"])
    assert page.form("/trial/form").values["text"] == typed
    assert "<script>alert" not in page.document.source


def test_a_field_that_nobody_asked_for_changes_nothing(zeinab: StrictClient) -> None:
    assert sent(zeinab, b"text=a&state=active&role=coordinator&id=1") == (303, "/trial/form")


def test_the_first_of_two_answers_counts(zeinab: StrictClient, session: Session) -> None:
    sent(zeinab, b"text=first&text=second")
    assert marks(session) == ["first"]


def test_a_file_where_text_is_asked_is_no_answer(zeinab: StrictClient, session: Session) -> None:
    body = part("csrf_token", token_of(zeinab).encode())
    body += part("text", b"a text", "; filename=a.txt") + END
    answer = zeinab.post("/trial/form", data=body, content_type=PARTS)
    assert (answer.status_code, marks(session)) == (303, [])


# Sizes


def test_five_hundred_thousand_bytes_are_the_most_a_form_may_hold(zeinab: StrictClient) -> None:
    assert sent(zeinab, b"text=" + b"a" * 490_000)[0] == 303
    assert sent(zeinab, b"text=" + b"a" * 500_000)[0] == 413


def test_a_field_of_three_megabytes_is_too_large(zeinab: StrictClient, session: Session) -> None:
    for body, kind in ((b"text=" + LONG, FORM), (part("text", LONG) + END, PARTS)):
        answer = zeinab.post("/trial/form", data=body, content_type=kind)
        assert answer.status_code == 413
        assert "trop lourd" in answer.get_data(as_text=True)
    assert marks(session) == []


def test_a_body_over_six_megabytes_is_too_large(zeinab: StrictClient) -> None:
    body = part("file", LONG * 3, "; filename=a.pdf") + END
    assert zeinab.post("/trial/form", data=body, content_type=PARTS).status_code == 413


@pytest.mark.parametrize(("parts", "expected"), [(400, 400), (600, 413)])
def test_six_hundred_parts_are_too_many(zeinab: StrictClient, parts: int, expected: int) -> None:
    body = part("p", b"a") * parts + END
    assert zeinab.post("/trial/form", data=body, content_type=PARTS).status_code == expected


def test_six_thousand_fields_are_too_many(zeinab: StrictClient) -> None:
    assert sent(zeinab, b"&".join([b"text=a"] * 4_000))[0] == 303
    assert sent(zeinab, b"&".join([b"text=a"] * 6_000))[0] == 413


def test_a_body_that_lies_about_its_length_is_no_form(zeinab: StrictClient) -> None:
    for length in ("0", "-1", "x", "1000000000000"):
        headers = {"Content-Length": length}
        answer = zeinab.post("/trial/form", data=b"text=a", content_type=FORM, headers=headers)
        assert answer.status_code in (400, 413), length


def test_a_body_of_another_kind_is_refused_and_never_breaks(
    zeinab: StrictClient, session: Session
) -> None:
    for kind in KINDS:
        answer = zeinab.post("/trial/form", data=b"--\r\ntext=a", content_type=kind)
        assert (answer.status_code, marks(session)) == (400, []), kind
