"""The cast, for the tests of referrals."""

from __future__ import annotations

from tests.support.cast import cast, cast_snapshot

__all__ = ["cast", "cast_snapshot"]
