"""A page as a person uses it: what it says, where it leads, and its forms filled in by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.html_rules import Document, Element, parse, text_of

Values = Sequence[str] | None


@dataclass(slots=True)
class Form:
    """A form with the values a browser would send now."""

    element: Element
    method: str
    action: str
    values: MultiDict[str, str] = field(default_factory=MultiDict)
    choices: dict[str, set[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def fill(self, given: Mapping[str, Values]) -> None:
        """The named fields hold what is given; None empties one. Unknown names and choices fail."""
        for name, value in given.items():
            assert name in self.names, f"the form has no field {name!r}: {sorted(self.names)}"
            texts = [] if value is None else [value] if isinstance(value, str) else list(value)
            offered = self.choices.get(name)
            assert offered is None or set(texts) <= offered, f"{name!r} offers {sorted(offered)}"
            self.values.setlist(name, texts)


@dataclass(slots=True)
class Page:
    """An answer in HTML, parsed."""

    response: TestResponse
    document: Document

    @classmethod
    def of(cls, response: TestResponse) -> Page:
        """The page in an answer; fails where the answer is no HTML."""
        assert response.mimetype == "text/html", f"{response.status} is no page"
        return cls(response, parse(response.get_data(as_text=True)))

    @property
    def address(self) -> str:
        """Where the page stands: path and query."""
        request = self.response.request
        query = request.query_string.decode()
        return f"{request.path}?{query}" if query else request.path

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return text_of(self.document.root.find("head/title"))

    @property
    def heading(self) -> str:
        """The words of the one h1."""
        return text_of(next(self.document.all("h1")))

    @property
    def text(self) -> str:
        """Every word of the body, white space folded."""
        return text_of(self.document.root.find("body"))

    @property
    def links(self) -> dict[str, str]:
        """The addresses by the words of their links; the first wins where two say the same."""
        found: dict[str, str] = {}
        for link in self.document.all("a"):
            found.setdefault(text_of(link), link.get("href") or "")
        return found

    @property
    def forms(self) -> list[Form]:
        """Every form of the page, in order."""
        return [read_form(element, self.address) for element in self.document.all("form")]

    def form(self, action: str | None = None) -> Form:
        """The form whose action holds `action`; without it, the only form inside main."""
        if action is not None:
            fitting = [form for form in self.forms if action in form.action]
        else:
            main = next(self.document.all("main"))
            fitting = [read_form(element, self.address) for element in main.iter("form")]
        assert len(fitting) == 1, f"{len(fitting)} forms fit: {[form.action for form in fitting]}"
        return fitting[0]


def read_form(element: Element, address: str) -> Form:
    """The form as it stands on the page, with the defaults of every field."""
    method = (element.get("method") or "get").upper()
    form = Form(element, method, element.get("action") or address)
    for part in element.iter():
        if part.tag in {"input", "select", "textarea", "button"} and part.get("name"):
            form.names.add(part.get("name"))
            _READERS[part.tag](form, part)
    return form


def _read_input(form: Form, part: Any) -> None:
    name, kind = part.get("name"), part.get("type") or "text"
    value = part.get("value") or ""
    if kind in {"radio", "checkbox"}:
        value = part.get("value") or "on"
        form.choices.setdefault(name, set()).add(value)
        if part.get("checked") is None:
            return
    if kind not in {"submit", "button", "file"}:
        form.values.add(name, value)


def _read_select(form: Form, part: Any) -> None:
    options = [(option.get("value", text_of(option)), option) for option in part.iter("option")]
    form.choices[part.get("name")] = {value for value, _option in options}
    chosen = [value for value, option in options if option.get("selected") is not None]
    if not chosen and options and part.get("multiple") is None:
        chosen = [options[0][0]]
    form.values.setlist(part.get("name"), chosen)


def _read_textarea(form: Form, part: Any) -> None:
    form.values.add(part.get("name"), "".join(part.itertext()))


def _read_button(form: Form, part: Any) -> None:
    form.choices.setdefault(part.get("name"), set()).add(part.get("value") or "")


_READERS = {
    "input": _read_input,
    "select": _read_select,
    "textarea": _read_textarea,
    "button": _read_button,
}
