"""Each rule about pages was seen to notice its fault, and leaves a good page alone."""

from __future__ import annotations

import pytest

from tests.support import html_rules

GOOD = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8"><title>Dossier</title>
<link rel="stylesheet" href="/static/a.css"><script src="/static/a.js" defer></script>
</head>
<body>
<a href="#main">Aller au contenu</a>
<main id="main"><h1>Dossier</h1>
<form method="post" action="/cases" autocomplete="off">
<input type="hidden" name="csrf_token" value="x">
<label for="place">Lieu</label><input id="place" name="place" autocomplete="off"
 aria-describedby="hint"><p id="hint">Le lieu dit</p>
<fieldset><legend>Qui</legend>
<label><input type="radio" name="who" value="a"> Elle</label></fieldset>
<button>Continuer</button>
</form>
<ul><li>Un</li></ul>
<details><summary>Plus</summary><p>Suite</p></details>
</main>
</body>
</html>
"""


def test_a_good_page_has_no_fault() -> None:
    assert not html_rules.faults(GOOD)


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("<!doctype html>\n", "", "does not begin with <!doctype html>"),
        ("<p>Suite</p>", "<p><div>Suite</div></p>", "not valid HTML"),
        ("<p>Suite</p>", "<p>Suite</b></p>", "not valid HTML: unexpected-end-tag"),
        ("<p>Suite</p>", "<p>A &eacu B & C &amp D</p>", "not valid HTML"),
        ("<p>Suite</p>", "<table><tr><p>Suite</p></tr></table>", "not valid HTML"),
        ('<html lang="fr">', "<html>", "no lang"),
        ("<title>Dossier</title>", "<title> </title>", "one title"),
        ("<title>Dossier</title>", "", "one title"),
        ("<h1>Dossier</h1>", "<h2>Dossier</h2>", "one h1"),
        ("<h1>Dossier</h1>", "<h1>Dossier</h1><h1>Encore</h1>", "2 found"),
        ("<h1>Dossier</h1>", "<h1> </h1>", "one h1"),
        ("<li>Un</li>", "<p>Un</p>", "<p> directly inside <ul>"),
        ("<p>Suite</p>", "<span><div>Suite</div></span>", "<div> inside ['span']"),
        ("<button>Continuer</button>", '<a href="/"><button>Non</button></a>', "one tap"),
        ("<button>Continuer</button>", '<label>A<a href="/">Non</a></label>', "one tap"),
        ('<p id="hint">', '<p id="main">', "the id 'main' stands 2 times"),
        ('<p id="hint">', "<p>", "aria-describedby='hint' points to nothing"),
        ('for="place"', 'for="elsewhere"', "for='elsewhere' points to nothing"),
        ('href="#main"', 'href="#top"', "href='top' points to nothing"),
        ('<label for="place">Lieu</label>', "", "the field 'place' has no label"),
        ('<label for="place">Lieu</label>', '<label for="place"></label>', "has no label"),
        ("<button>Continuer</button>", "<button></button>", "a <button> without words"),
        ("<p>Suite</p>", '<a href="/"> </a>', "a <a> without words"),
        ("<p>Suite</p>", '<img src="/a.png">', "an image without alt"),
        ("<legend>Qui</legend>", "", "a fieldset without legend"),
        ("<p>Suite</p>", "<p style='color: red'>Suite</p>", "style in 'style'"),
        ("<p>Suite</p>", "<p onclick='go()'>Suite</p>", "code or style in 'onclick'"),
        ("<p>Suite</p>", "<script>go()</script>", "inline <script>"),
        ("</head>", "<style>p { color: red }</style></head>", "inline <style>"),
        ("<p>Suite</p>", '<a href="javascript:go()">Suite</a>', "code in the address"),
        ('src="/static/a.js"', 'src="https://example.org/a.js"', "reaches another host"),
        ('href="/static/a.css"', 'href="//example.org/a.css"', "reaches another host"),
        ('action="/cases"', 'action="https://example.org/"', "reaches another host"),
        ('action="/cases" autocomplete="off"', 'action="/cases"', "a posted form without"),
        ('name="place" autocomplete="off"', 'name="place"', "'place' without autocomplete=off"),
        ("<p>Suite</p>", "<p>{{ name }}</p>", "left unrendered"),
        ("<p>Suite</p>", "<p>%(count)s dossiers</p>", "left unrendered"),
    ],
)
def test_a_fault_is_found(good: str, bad: str, fault: str) -> None:
    assert good in GOOD
    found = html_rules.faults(GOOD.replace(good, bad, 1))
    assert any(fault in one for one in found), found
