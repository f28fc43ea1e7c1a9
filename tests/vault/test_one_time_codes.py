"""The six digits of a telephone: the published vectors, the reach, a clock that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given
from hypothesis import strategies as st

from casework.vault import one_time_codes as phones

RFC_6238 = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
SECRET = b"12345678901234567890"


@pytest.mark.parametrize(("second", "code"), RFC_6238.items(), ids=map(str, RFC_6238))
def test_the_codes_are_those_of_rfc_6238(second: int, code: str) -> None:
    step = phones.step_at(datetime.fromtimestamp(second, UTC))
    assert phones.code_at(SECRET, step) == code


@given(secret=st.binary(min_size=20, max_size=20), second=st.integers(0, 2**33))
def test_any_app_shows_the_same_digits(secret: bytes, second: int) -> None:
    app = TOTP(secret, 6, SHA1(), 30).generate(second).decode()  # noqa: S303
    assert phones.code_at(secret, second // 30) == app


@given(away=st.integers(-200, 200), now=st.integers(10**6, 10**8))
def test_a_code_is_found_within_its_reach_and_not_beyond(away: int, now: int) -> None:
    code = phones.code_at(SECRET, now + away)
    found = phones.matching_step(SECRET, code, now, phones.SEARCH)
    near = phones.matching_step(SECRET, code, now)
    if abs(away) <= phones.SEARCH:
        assert found is not None
        assert phones.code_at(SECRET, found) == code
        assert abs(found - now) <= abs(away)
    assert near is None or abs(near - now) <= phones.REACH
    assert near is not None or abs(away) > phones.REACH


def test_the_secret_is_written_in_groups_that_can_be_typed() -> None:
    assert phones.written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_the_address_of_the_square_names_the_service_and_nobody() -> None:
    found = phones.address(SECRET, "Météo du fleuve")
    assert found.startswith("otpauth://totp/M%C3%A9t%C3%A9o%20du%20fleuve?secret=GEZDGNBVGY3TQOJQ")
    assert found.endswith("&issuer=M%C3%A9t%C3%A9o%20du%20fleuve")
