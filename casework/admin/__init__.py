"""Accounts, teams and configuration."""
