"""What managers and donors see: the figures of closed quarters, written as published."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import brotli
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from casework.audit.models import AuditEntry
from casework.db import db
from casework.statistics import queries
from casework.statistics.blocks import digest_of, write_cell
from casework.statistics.blueprint import ENGINE
from casework.statistics.models import Release, StatCell
from casework.statistics.presentation import figure
from casework.statistics.releases import period_digest
from casework.web import cookies
from tests.statistics.screens.conftest import CLOSED, LAST, OPEN, Programme
from tests.statistics.screens.crawl import crawl, first_catalogue
from tests.support.html_rules import Element, text_of
from tests.support.pages import Page
from tests.support.strict_client import StrictClient

ADDRESSES = (
    "/statistics",
    f"/statistics/{LAST}",
    f"/statistics/{LAST}/served",
    f"/statistics/{LAST}/served/sex.csv",
)
BUDGET = 5_000
SVG = "{http://www.w3.org/2000/svg}"
SHOWN = (
    "registered",
    "incident",
    "served",
    "referral",
    "redress",
    "document",
    "closed",
    "feedback",
)


def numbers(page: Page, caption: str) -> dict[str, int]:
    """The rows of the table with this caption: label and figure, `<5` as 0."""
    (table,) = (t for t in page.document.all("table") if text_of(t).startswith(caption))
    return {text_of(row.find("th")): number(row) for row in table.iter("tr") if cells(row)}


def told(value: int | None) -> str:
    """A published figure as a page says it, white space folded."""
    assert value is not None
    return " ".join(figure(value).text.split())


def cells(row: Element) -> list[Element]:
    return [cell for cell in row.iter("td") if "number" in (cell.get("class") or "")]


def number(row: Element) -> int:
    text = text_of(cells(row)[0])
    return 0 if text == "<5" else int(text.removeprefix("≈").strip().replace("\u202f", ""))


@pytest.mark.parametrize("handle", ["manager", "donor"])
def test_managers_and_donors_read_the_figures(programme: Programme, handle: str) -> None:
    client = programme.client(handle)
    assert all(client.get(address).status_code == 200 for address in ADDRESSES)
    assert client.get("/").headers["Location"] == "/statistics"


@pytest.mark.parametrize("handle", ["aminata", "zeinab", "moussa", "mariam", "admin", "auditor"])
def test_nobody_else_reads_them(programme: Programme, handle: str) -> None:
    client = programme.client(handle)
    assert [client.get(address).status_code for address in ADDRESSES] == [403] * 4


def test_whoever_is_not_signed_in_is_led_to_sign_in(client: StrictClient) -> None:
    assert [client.get(address).status_code for address in ADDRESSES] == [303] * 4


def test_managers_and_donors_read_the_same(programme: Programme) -> None:
    bodies = []
    for handle in ("manager", "donor"):
        page = programme.client(handle).page(f"/statistics/{LAST}").response.get_data(as_text=True)
        bodies.append(page[page.index("<main") : page.index("</main>")])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("period", [OPEN, "1999Q1", "2025Q5", "2024", "q", "%00", "2024Q1%27", "²"])
def test_what_is_not_published_is_unknown_whether_it_will_be_or_not(
    manager: StrictClient, period: str
) -> None:
    assert manager.get(f"/statistics/{period}").status_code == 404


@pytest.mark.parametrize(
    "rest", ["unheard", "feedback/age", "served/unheard", "served/unheard.csv", "served/circle.csv"]
)
def test_a_table_that_is_not_shown_is_unknown(manager: StrictClient, rest: str) -> None:
    assert manager.get(f"/statistics/{LAST}/{rest}").status_code == 404


def test_before_the_first_close_the_page_says_when_figures_come(new_programme: Programme) -> None:
    page = new_programme.client("manager").page("/statistics")
    assert "Aucun trimestre n’est encore clos." in page.text
    assert "paraissent vers le 15 " in page.text
    assert not list(page.document.all("table"))


def test_the_first_page_shows_the_last_four_closed_quarters(manager: StrictClient) -> None:
    page = manager.page("/statistics")
    table = next(page.document.all("table"))
    heads = [text_of(head) for head in table.iter("th") if head.get("scope") == "col"]
    assert heads[1:5] == ["T2 2024", "T3 2024", "T4 2024", "T1 2025"]


def test_the_first_page_shows_the_published_totals_of_every_kind(programme: Programme) -> None:
    page = programme.client("manager").page("/statistics")
    lead = [row for row in next(page.document.all("table")).iter("tr") if cells(row)][: len(SHOWN)]
    totals = queries.totals(programme.session, CLOSED[1:])
    for row, kind in zip(lead, SHOWN, strict=True):
        shown = [text_of(cell.findall("bdi")[-1]) for cell in cells(row)]
        assert shown == [told(totals[kind][period]) for period in CLOSED[1:]]


def test_every_other_closed_quarter_is_found_from_the_first_page(manager: StrictClient) -> None:
    links = manager.page("/statistics").links.values()
    assert {f"/statistics/{period}" for period in CLOSED} <= set(links)


@pytest.mark.parametrize("kind", SHOWN)
def test_the_tables_of_a_kind_say_what_was_published(programme: Programme, kind: str) -> None:
    page = programme.client("donor").page(f"/statistics/{LAST}/{kind}")
    published = queries.one_way(programme.session, LAST)[kind]
    shown = numbers(page, "Sexe")
    assert list(shown.values()) == [published["sex"][code,] for code in ("F", "M", "NP")]
    assert len(list(page.document.all("table"))) == len(published) - 2


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_printed_adds_up(manager: StrictClient, kind: str) -> None:
    page = manager.page(f"/statistics/{LAST}/{kind}")
    communes = list(numbers(page, "Commune").values())
    goundam, tombouctou, elsewhere, total = communes[0], communes[4], communes[8], communes[9]
    assert goundam == sum(communes[1:4])
    assert tombouctou == sum(communes[5:8])
    assert goundam + tombouctou + elsewhere == total
    other = "Satisfaction" if kind == "feedback" else "Âge"
    assert sum(numbers(page, "Sexe").values()) == sum(numbers(page, other).values()) == total


def test_the_sheet_of_a_quarter_holds_every_kind_by_every_common_dimension(
    programme: Programme,
) -> None:
    page = programme.client("manager").page(f"/statistics/{LAST}")
    published = queries.one_way(programme.session, LAST)
    (table,) = (t for t in page.document.all("table") if t.get("class") == "dense")
    rows = {text_of(row.find("th")): row for row in table.iter("tr") if cells(row)}
    assert len(rows) == 2 + (6 + 2 + 1) + 3 + 5 + 6 + 6
    shown = [text_of(cell) for cell in cells(rows["Goundam"])]
    assert shown == [told(published[kind]["commune"]["ML060208",]) for kind in SHOWN]
    assert [text_of(cell) for cell in cells(rows["Autres femmes"])].count("–") == 3


def bars(page: Page) -> Iterator[tuple[str, Element]]:
    for row in page.document.all("tr"):
        for cell in row.findall("td"):
            if cell.get("class") == "bar" and len(cell):
                yield text_of(cells(row)[0]), cell[0]


def test_a_rounded_zero_is_a_hatched_bar_and_never_nothing(programme: Programme) -> None:
    client = programme.client("manager")
    found = [bar for kind in SHOWN for bar in bars(client.page(f"/statistics/{LAST}/{kind}"))]
    low = {element.get("class") for text, element in found if text == "<5"}
    high = {element.tag.split("}")[-1] for text, element in found if text != "<5"}
    assert (low, high) == ({"few"}, {"svg"})


def test_every_drawing_says_in_words_what_it_shows(programme: Programme) -> None:
    page = programme.client("manager").page(f"/statistics/{LAST}/served")
    drawing = next(svg for svg in page.document.all(SVG + "svg") if svg.get("role") == "img")
    along = queries.over(programme.session, "served", "total", CLOSED)[()]
    assert text_of(drawing.find(SVG + "title")) == "Évolution : Personnes aidées"
    assert text_of(drawing.find(SVG + "desc")).split(", ")[-1] == f"T1 2025 {told(along[-1])}"
    assert text_of(drawing.find(SVG + "desc")).count(",") == len(CLOSED) - 1


def test_a_change_below_ten_is_called_stable(programme: Programme) -> None:
    page = programme.client("manager").page(f"/statistics/{LAST}")
    totals = queries.totals(programme.session, CLOSED[-2:])
    (table,) = (t for t in page.document.all("table") if t.get("class") == "dense")
    (line,) = (r for r in table.iter("tr") if text_of(r).startswith("Depuis le trimestre"))
    moved = [totals[kind][CLOSED[-1]] - totals[kind][CLOSED[-2]] for kind in SHOWN]
    assert {abs(by) >= 10 for by in moved} == {True, False}
    for by, cell in zip(moved, cells(line), strict=True):
        assert ("stable" in text_of(cell)) == (abs(by) < 10)


def test_a_share_needs_thirty(programme: Programme) -> None:
    client, totals = programme.client("manager"), queries.totals(programme.session, CLOSED)
    small = [(k, p) for k in SHOWN for p, total in totals[k].items() if total < 30]
    large = [(k, p) for k in SHOWN for p, total in totals[k].items() if total >= 30]
    assert small
    for kind, period in small:
        assert "%" not in client.page(f"/statistics/{period}/{kind}").text
    assert all("%" in client.page(f"/statistics/{p}/{kind}").text for kind, p in large)


@pytest.mark.parametrize("address", ADDRESSES[:3])
def test_method_and_stamp_stand_at_the_foot(programme: Programme, address: str) -> None:
    page = programme.client("manager").page(address)
    (foot,) = (part for part in page.document.all("section") if part.get("class") == "inset")
    said = text_of(foot)
    assert "de 4 au plus (9 au plus, rarement, dans les tableaux croisés et annuels)" in said
    digest = period_digest(programme.session, LAST)
    assert f"Publication {LAST} · catalogue 1 · figée le 15 avril 2025 · base 5" in said
    assert f"écart 4 · empreinte {digest[:12]}" in said


def test_the_fingerprint_is_the_one_the_log_keeps_from_the_close(programme: Programme) -> None:
    prints = queries.fingerprints(programme.session, CLOSED)
    assert prints == {period: period_digest(programme.session, period) for period in CLOSED}
    assert digest_of([]) == hashlib.sha256(b"").hexdigest()


def entries(programme: Programme, action: str) -> list[dict[str, object]]:
    """The bodies of the entries of one act, in the order of the acts."""
    chosen = select(AuditEntry.body).where(AuditEntry.action == action)
    found = programme.session.scalars(chosen.order_by(AuditEntry.arrival))
    return [json.loads(body or b"{}") for body in found]


def test_the_log_says_who_looked_at_which_quarter(programme: Programme) -> None:
    client = programme.client("manager")
    for address in ADDRESSES[:3]:
        client.get(address)
    noted = entries(programme, "statistics.viewed")
    assert [body["period"] for body in noted] == [None, "2025-Q1", "2025-Q1"]
    assert {body["actor"] for body in noted} == {str(programme.cast.person("manager").id)}


def test_an_unknown_quarter_leaves_no_view_in_the_log(programme: Programme) -> None:
    programme.client("manager").get(f"/statistics/{OPEN}")
    assert entries(programme, "statistics.viewed") == []


def test_a_file_holds_the_table_with_its_intervals(programme: Programme) -> None:
    answer = programme.client("donor").get(f"/statistics/{LAST}/redress/age.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{LAST}-redress-age.csv"'
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    about = [line for line in lines if line.startswith(("#", '"#'))]
    assert "Chiffres arrondis à un multiple de 5" in about[1]
    assert period_digest(programme.session, LAST)[:12] in about[2]
    tags, *rows = csv.DictReader(io.StringIO("\n".join(lines[3:])))
    assert tags["value"] == "#indicator+value+num"
    published = queries.published(programme.session, "redress", "age", LAST)
    codes = first_catalogue().kinds["redress"].codes["age"]
    assert [(row["code"], int(row["value"])) for row in rows] == [(c, published[c,]) for c in codes]
    for row in rows:
        value, lower, upper = int(row["value"]), int(row["lower"]), int(row["upper"])
        assert (lower, upper) == (max(0, value - 4), value + 4)
        assert row["symbol"] == ("" if value else "[low]")
        assert (row["bound"], row["release"], row["catalogue"]) == ("4", f"{LAST}-redress", "1")


def test_the_file_of_communes_holds_circles_and_total(manager: StrictClient) -> None:
    text = manager.get(f"/statistics/{LAST}/served/commune.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO("".join(text.splitlines(keepends=True)[3:]))))
    assert [row["table"] for row in rows[1:]] == ["total", *["circle"] * 3, *["commune"] * 7]


def test_the_log_says_who_took_which_table_away(programme: Programme) -> None:
    programme.client("donor").get(f"/statistics/{LAST}/redress/age.csv")
    (noted,) = entries(programme, "export.made")
    assert noted["kind"] == "statistics.redress.age"
    assert noted["digest"] == period_digest(programme.session, LAST)
    assert noted["actor"] == str(programme.cast.person("donor").id)


def test_every_page_is_light(manager: StrictClient) -> None:
    answers = crawl(manager, LAST, kinds=("incident",))
    pages = {a: r for a, r in answers.items() if r.mimetype == "text/html"}
    weights = {a: len(brotli.compress(r.get_data())) for a, r in pages.items()}
    assert len(weights) > 2 * len(SHOWN)
    assert max(weights.values()) <= BUDGET


def test_the_pages_ask_the_database_for_no_fact(programme: Programme) -> None:
    client = programme.client("manager")
    asked: list[str] = []
    with programme.app.app_context():
        engines = (db.engine, programme.app.extensions[ENGINE])
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    crawl(client, LAST, kinds=("redress",))
    assert any("stat_cells" in text for text in asked)
    assert not [text for text in asked if "facts" in text or "closed_periods" in text]


def test_the_page_in_english_is_complete(programme: Programme) -> None:
    client = programme.client("manager")
    client.set_cookie(cookies.LANGUAGE, "en", secure=True)
    assert "Whole project" in client.page(f"/statistics/{LAST}").text


def publish_year(session: Session) -> dict[str, int]:
    """The year 2024 stands published with the sums of its quarters; answers those by sex."""
    for kind in first_catalogue().kinds:
        year = [queries.one_way(session, period)[kind] for period in CLOSED[:4]]
        release = Release(
            kind=kind,
            period="2024",
            ended_on=date(2024, 12, 31),
            catalogue="1",
            closed_at=datetime(2025, 1, 20, tzinfo=UTC),
            bound=9,
            running_bound=9,
            digest="0" * 64,
        )
        release.cells = [
            StatCell(table=table, cell=write_cell(cell), value=sum(q[table][cell] for q in year))
            for table, cells in year[0].items()
            for cell in cells
        ]
        session.add(release)
    session.commit()
    sums = queries.published(session, "served", "sex", "2024")
    return {code: value for (code,), value in sums.items()}


def test_a_closed_year_has_a_page_of_its_own(programme: Programme) -> None:
    sums = publish_year(programme.session)
    client = programme.client("manager")
    assert client.page("/statistics/2024").heading == "Année 2024"
    shown = numbers(client.page("/statistics/2024/served"), "Sexe")
    assert list(shown.values()) == [sums[code] for code in ("F", "M", "NP")]
    assert "/statistics/2024" in client.page("/statistics").links.values()
    assert entries(programme, "statistics.viewed")[0]["period"] == "2024"


def test_the_pathway_says_whose_refusals_it_counts(manager: StrictClient) -> None:
    said = manager.page("/statistics/pathway").text
    assert "Un refus est la réponse d’un prestataire." in said
    assert "Les raisons restent dans les dossiers et ne sont pas comptées." in said
