"""Coarse coded facts, the only bridge to statistics."""
