"""Referrals: one table of moves, grants, withdrawal."""
