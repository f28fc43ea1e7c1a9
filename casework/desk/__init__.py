"""Screens that gather several features."""
