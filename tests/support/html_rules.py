"""What every page must be: valid HTML5 that a screen reader and a strict policy can live with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import html5lib

Element = Any
PHRASING = frozenset({"b", "bdi", "button", "code", "em", "label", "legend", "p", "small", "span"})
PHRASING |= {"strong", "summary", "h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = frozenset({"article", "aside", "div", "dl", "fieldset", "footer", "form", "header", "hr"})
BLOCKS |= {"main", "nav", "ol", "p", "section", "table", "ul"}
INTERACTIVE = frozenset({"a", "button", "details", "input", "label", "select", "textarea"})
TYPED = frozenset({"date", "email", "number", "password", "search", "tel", "text", "url"})
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "select": {"option", "optgroup", "hr"},
    "tr": {"td", "th"},
}
HOLES = re.compile(r"\{\{|\}\}|\{%|%\}|%\(\w+\)|<\w+\.\w+ object at")


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page: its source, its root, what the parser said, and the way up from an element."""

    source: str
    root: Element
    errors: list[tuple[Any, str, Any]]
    parents: dict[Element, Element]

    def all(self, *names: str) -> Iterator[Element]:
        """Every element with one of these names, in order; every element when none is given."""
        elements = (element for element in self.root.iter() if isinstance(element.tag, str))
        return (element for element in elements if not names or element.tag in names)

    def above(self, element: Element) -> Iterator[Element]:
        """The elements around one, from the nearest."""
        while (element := self.parents.get(element)) is not None:
            yield element


def parse(source: str) -> Document:
    """The page as a browser would build it, with the errors a browser hides."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(source)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    parents = {child: element for element in elements for child in element}
    return Document(source, root, list(parser.errors), parents)


def text_of(element: Element) -> str:
    """The words inside an element, white space folded."""
    return " ".join("".join(element.itertext()).split())


def faults(source: str) -> list[str]:
    """What is wrong with a page, one sentence a fault; empty when all is well."""
    page = parse(source)
    return [fault for rule in RULES for fault in rule(page)]


def _valid(page: Document) -> Iterator[str]:
    if not page.source.lstrip().lower().startswith("<!doctype html>"):
        yield "does not begin with <!doctype html>"
    for (line, _column), code, _about in page.errors:
        yield f"line {line}: not valid HTML: {code}"


def _head(page: Document) -> Iterator[str]:
    if not page.root.get("lang"):
        yield "the html element has no lang"
    titles = [text_of(title) for title in page.root.findall("head/title")]
    if len(titles) != 1 or not titles[0]:
        yield "there must be one title, and not an empty one"
    headings = [text_of(heading) for heading in page.all("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"there must be one h1, and not an empty one: {len(headings)} found"


def _nesting(page: Document) -> Iterator[str]:
    for parent in page.all(*CHILDREN):
        strangers = {child.tag for child in parent if isinstance(child.tag, str)}
        for name in sorted(strangers - CHILDREN[parent.tag]):
            yield f"<{name}> directly inside <{parent.tag}>"
    for block in page.all(*BLOCKS):
        around = {above.tag for above in page.above(block)} & PHRASING
        if around:
            yield f"<{block.tag}> inside {sorted(around)}"


def _interactive(page: Document) -> Iterator[str]:
    for element in page.all(*INTERACTIVE):
        around = {above.tag for above in page.above(element)} & {"a", "button", "label"}
        if element.tag in {"input", "select", "textarea"}:
            around -= {"label"}
        if around and element.get("type") != "hidden":
            yield f"<{element.tag}> inside {sorted(around)}: two things answer one tap"


def _ids(page: Document) -> Iterator[str]:
    counted = Counter(element.get("id") for element in page.all() if element.get("id"))
    for name, times in counted.items():
        if times > 1:
            yield f"the id {name!r} stands {times} times"
    for element in page.all():
        for attribute, name in _pointers(element):
            if name not in counted:
                yield f"{attribute}={name!r} points to nothing"


def _pointers(element: Element) -> Iterator[tuple[str, str]]:
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
        yield from ((attribute, name) for name in (element.get(attribute) or "").split())
    target = element.get("href") or ""
    if target.startswith("#"):
        yield "href", target[1:]


def _labels(page: Document) -> Iterator[str]:
    labelled = {label.get("for") for label in page.all("label") if text_of(label)}
    for field in page.all("input", "select", "textarea"):
        if field.get("type") in {"hidden", "submit", "button"} or _named(field):
            continue
        inside = any(above.tag == "label" and text_of(above) for above in page.above(field))
        if not inside and (not field.get("id") or field.get("id") not in labelled):
            yield f"the field {field.get('name')!r} has no label"


def _words(page: Document) -> Iterator[str]:
    for element in page.all("a", "button"):
        if not text_of(element) and not _named(element):
            yield f"a <{element.tag}> without words"
    for image in page.all("img"):
        if image.get("alt") is None:
            yield "an image without alt"
    for group in page.all("fieldset"):
        legend = group.find("legend")
        if legend is None or not text_of(legend):
            yield "a fieldset without legend"


def _named(element: Element) -> bool:
    return bool(element.get("aria-label") or element.get("aria-labelledby"))


def _no_inline_code(page: Document) -> Iterator[str]:
    for element in page.all():
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"inline <{element.tag}>"
        for name, value in element.attrib.items():
            if str(name) == "style" or str(name).startswith("on"):
                yield f"<{element.tag}> carries code or style in {name!r}"
            if str(value).strip().lower().startswith(("javascript:", "data:")):
                yield f"<{element.tag}> carries code in the address of {name!r}"


def _nothing_from_elsewhere(page: Document) -> Iterator[str]:
    for element in page.all("form", "iframe", "img", "link", "script"):
        for name in ("src", "href", "action"):
            if re.match(r"\s*(\w+:)?//", element.get(name) or ""):
                yield f"<{element.tag}> reaches another host"


def _nothing_remembered(page: Document) -> Iterator[str]:
    for form in page.all("form"):
        typed = [field for field in form.iter() if _is_typed(field)]
        if (form.get("method") or "get").lower() != "post" or not typed:
            continue
        if form.get("autocomplete") != "off":
            yield "a posted form without autocomplete=off"
        for field in typed:
            if field.get("autocomplete") != "off":
                yield f"the field {field.get('name')!r} without autocomplete=off"


def _is_typed(field: Element) -> bool:
    kind = field.get("type") or "text"
    return field.tag == "textarea" or (field.tag == "input" and kind in TYPED)


def _nothing_unrendered(page: Document) -> Iterator[str]:
    for hole in sorted(set(HOLES.findall(page.source))):
        yield f"{hole!r} was left unrendered"


RULES: tuple[Callable[[Document], Iterator[str]], ...] = (
    _valid,
    _head,
    _nesting,
    _interactive,
    _ids,
    _labels,
    _words,
    _no_inline_code,
    _nothing_from_elsewhere,
    _nothing_remembered,
    _nothing_unrendered,
)
