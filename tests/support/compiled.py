"""What every application compiles anew is compiled once a run: templates and rules of addresses.

Tests make an application each; without this, much of the time of most of them went here.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Compiled templates in memory; one that changed on the disk has another checksum."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """The bucket holds what was compiled of this very text, if anything was."""
        found = self.known.get((bucket.key, bucket.checksum))
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """What was compiled is known from now on."""
        self.known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class CompiledRule(Rule):
    """A rule whose builder of addresses is shared by all equal rules: it is given the rule itself
    when it is called, and keeps nothing of it."""

    known: dict[tuple[Any, ...], Any] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, self.host, self.subdomain, defaults, append_unknown)
        if key not in self.known:
            self.known[key] = super()._compile_builder(append_unknown)
        return self.known[key]


TEMPLATES = CompiledTemplates()


def compile_once() -> None:
    """Every application made from now on shares what others have compiled."""
    Flask.url_rule_class = CompiledRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": TEMPLATES}
