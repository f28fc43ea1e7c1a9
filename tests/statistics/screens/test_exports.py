"""What managers take away reads back as published: lines with HXL, workbook, JSON, PDF."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hxl
import pytest
from flask import render_template
from flask_babel import force_locale
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from casework.audit.models import AuditCheckpoint
from casework.statistics import paper, queries
from casework.statistics.catalogue import TOTAL
from casework.statistics.models import StatCell
from casework.statistics.published import FILE, read_published
from casework.statistics.releases import period_digest, stored_blocks
from casework.statistics.routes_file import COLUMNS, HASHTAGS
from casework.web import cookies
from tests.statistics.screens.conftest import CLOSED, LAST, Programme
from tests.statistics.screens.crawl import first_catalogue
from tests.support.html_rules import text_of
from tests.support.strict_client import StrictClient

BUDGET = 80_000


def lines(client: StrictClient, address: str) -> list[dict[str, str]]:
    """The lines of a CSV file without words and hashtags."""
    text = client.get(address).get_data().decode("utf-8-sig")
    kept = [line for line in text.splitlines() if not line.startswith(("#", '"#'))]
    return list(csv.DictReader(kept))


def as_hxl(content: bytes) -> Any:
    """The file as libhxl reads it."""
    return hxl.data(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))


@pytest.mark.parametrize("name", ["served/commune.csv", "referral/partner.csv"])
def test_a_file_is_valid_hxl(manager: StrictClient, name: str) -> None:
    source = as_hxl(manager.get(f"/statistics/{LAST}/{name}").get_data())
    assert [column.display_tag for column in source.columns] == list(HASHTAGS.values())
    values = [row.get("#indicator+value") for row in source]
    assert values == [line["value"] for line in lines(manager, f"/statistics/{LAST}/{name}")]


def test_a_file_of_a_whole_period_passes_a_schema_of_hxl(manager: StrictClient) -> None:
    source = as_hxl(manager.get(f"/statistics/{LAST}.csv").get_data())
    schema = [
        ["#valid_tag", "#valid_required", "#valid_datatype", "#valid_value+min"],
        ["#indicator+value+num", "true", "number", "0"],
        ["#indicator+code", "true", "", ""],
    ]
    assert hxl.schema(schema).validate(source)


def test_a_text_without_hashtags_is_no_hxl() -> None:
    with pytest.raises(hxl.HXLException):
        list(as_hxl(b"# words\nvalue,code\n5,x\n"))


def test_places_bear_their_p_codes(manager: StrictClient) -> None:
    found = {
        line["code"]: line for line in lines(manager, f"/statistics/{LAST}/served/commune.csv")
    }
    goundam = found["ML060208"]
    assert (goundam["adm2_pcode"], goundam["adm3_pcode"]) == ("ML0602", "ML060208")
    assert (found["elsewhere"]["adm2_pcode"], found["elsewhere"]["adm3_pcode"]) == ("", "")
    assert found[""]["table"] == TOTAL


def test_the_file_of_a_period_holds_every_published_figure(programme: Programme) -> None:
    found = {
        (line["kind"], line["table"], line["code"]): int(line["value"])
        for line in lines(programme.client("donor"), f"/statistics/{LAST}.csv")
    }
    published = {
        (kind, table, "|".join(cell)): value
        for kind, tables in queries.every_table(programme.session, LAST).items()
        for table, cells in tables.items()
        for cell, value in cells.items()
    }
    assert found == published


def workbook(client: StrictClient, period: str) -> dict[str, list[list[Any]]]:
    """The rows of each sheet."""
    content = client.get(f"/statistics/{period}.xlsx").get_data()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_begins_with_the_method_and_the_indicators(programme: Programme) -> None:
    sheets = workbook(programme.client("manager"), LAST)
    assert list(sheets)[:2] == ["Méthode", "Indicateurs"]
    said = " ".join(str(cell) for row in sheets["Méthode"] for cell in row)
    assert "Chiffres arrondis à un multiple de 5" in said
    assert period_digest(programme.session, LAST) in said
    heads, *rows = sheets["Indicateurs"]
    assert heads[:4] == ["Résultat", "Indicateur", "Départ", "Cible"]
    assert [str(row[1]).split()[0] for row in rows] == [
        *(f"A{number}" for number in range(1, 6)),
        *(f"B{number}" for number in range(1, 10)),
    ]


def test_the_indicators_of_a_workbook_are_sums_of_what_was_published(programme: Programme) -> None:
    rows = workbook(programme.client("manager"), LAST)["Indicateurs"]
    (helped,) = (row for row in rows if str(row[1]).startswith("B1 "))
    total = sum(queries.totals(programme.session, CLOSED)["served"].values())
    assert helped[3] == "400"
    assert helped[8] == f"≈\u00a0{total}"


def test_the_sheets_of_a_workbook_hold_the_published_figures_as_numbers(
    programme: Programme,
) -> None:
    sheets = workbook(programme.client("donor"), LAST)
    rows = [row for row in sheets["Personnes aidées"] if row[0] == "Sexe"]
    published = queries.published(programme.session, "served", "sex", LAST)
    assert [row[4] for row in rows] == [published[code,] for code in ("F", "M", "NP")]
    assert all(isinstance(row[4], float) for row in rows)
    assert [row[5] for row in rows] == [max(0, row[4] - 4) for row in rows]


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_two_readers_get_the_same_bytes(programme: Programme, form: str) -> None:
    address = f"/statistics/{LAST}.{form}"
    first, second = (programme.client(who).get(address) for who in ("manager", "donor"))
    assert first.get_data() == second.get_data()


def test_the_json_of_a_period_is_what_the_attacker_reads(
    programme: Programme, tmp_path: Path
) -> None:
    content = programme.client("manager").get(f"/statistics/{LAST}.json").get_data()
    (tmp_path / FILE).write_bytes(content)
    statements = read_published(tmp_path)
    blocks = stored_blocks(programme.session, [LAST])
    assert [one.values for one in statements] == [dict(block.values) for block in blocks]
    assert json.loads(content)["release"]["digest"] == period_digest(programme.session, LAST)


def test_the_json_of_a_year_names_its_quarters(programme: Programme) -> None:
    from tests.statistics.screens.test_pages import publish_year

    publish_year(programme.session)
    content = json.loads(programme.client("manager").get("/statistics/2024.json").get_data())
    assert content["blocks"][0]["quarters"] == list(CLOSED[:4])


def crossed(programme: Programme) -> None:
    """A crossed table stands published beside the year 2024."""
    from casework.statistics.models import Release
    from tests.statistics.screens.test_pages import publish_year

    publish_year(programme.session)
    release = programme.session.query(Release).filter_by(kind="served", period="2024").one()
    cells = first_catalogue().kinds["served"].table("sex", "age").cells
    rows = [
        {"release_id": release.id, "table": "sex*age", "cell": "|".join(cell), "value": 5 * number}
        for number, cell in enumerate(cells)
    ]
    programme.session.execute(insert(StatCell), rows)
    programme.session.commit()


def test_a_crossed_table_is_charted_and_taken_away(programme: Programme) -> None:
    crossed(programme)
    client = programme.client("manager")
    page = client.page("/statistics/2024/served/sex*age")
    assert [text_of(t.find("caption")) for t in page.document.all("table")] == [
        "Femmes et filles",
        "Hommes et garçons",
        "Non précisé",
    ]
    assert [text_of(cell) for cell in page.document.all("td") if cell.get("class") == "number"][
        :3
    ] == ["<5", "≈ 5", "≈ 10"]
    found = lines(client, "/statistics/2024/served/sex*age.csv")
    assert [(line["code"], line["value"], line["bound"]) for line in found[:2]] == [
        ("F|0_11", "0", "9"),
        ("F|12_17", "5", "9"),
    ]
    assert "Sexe × Âge" in client.page("/statistics/2024/served").text


# Paper


def pdf(programme: Programme, language: str = "fr") -> bytes:
    client = programme.client("donor")
    client.set_cookie(cookies.LANGUAGE, language, secure=True)
    answer = client.get(f"/statistics/{LAST}/report.pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{LAST}.pdf"'
    return answer.get_data()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Rapport : 1er trimestre 2025", "Cadre de résultats", "Annexe")),
        ("en", ("Report: 1st quarter 2025", "Results framework", "Annex")),
    ],
    ids=["fr", "en"],
)
def test_the_report_is_a_tagged_pdf_in_both_languages(
    programme: Programme, tmp_path: Path, language: str, said: tuple[str, ...]
) -> None:
    content = pdf(programme, language)
    root: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"].startswith(language)
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert len(content) <= BUDGET
    text = " ".join(plain_text(content, tmp_path).split())
    assert all(words in text for words in said)


def plain_text(content: bytes, folder: Path) -> str:
    """The text as another program reads it."""
    path = folder / "report.pdf"
    path.write_bytes(content)
    tool = shutil.which("pdftotext")
    if tool is None:
        pages = PdfReader(str(path)).pages
        return " ".join(page.extract_text() for page in pages)
    done = subprocess.run([tool, "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_report_says_the_totals_as_published(programme: Programme, tmp_path: Path) -> None:
    text = plain_text(pdf(programme), tmp_path).replace("\u00a0", " ").replace("\u202f", "")
    totals = queries.totals(programme.session, [LAST])
    told = {
        "served": "Personnes aidées",
        "closed": "Dossiers clôturés",
        "feedback": "Réponses sur la satisfaction",
    }
    for kind, words in told.items():
        value = totals[kind][LAST]
        line = next(line for line in text.splitlines() if line.strip().startswith(words))
        assert line.split(words)[1].strip().startswith(f"≈ {value}" if value else "<5")


def test_the_report_says_what_people_thought_of_the_help(
    programme: Programme, tmp_path: Path
) -> None:
    text = plain_text(pdf(programme), tmp_path).replace("\u00a0", " ")
    published = queries.published(programme.session, "feedback", "satisfaction", LAST)
    figure = f"≈ ?{published['no',]}" if published["no",] else "<5"
    assert re.search(f"Pas satisfaite.* {figure}\n", text)
    assert re.search("B9 +Personnes qui se disent", text)


def test_the_report_has_no_metadata_of_its_making(programme: Programme) -> None:
    known: Any = PdfReader(io.BytesIO(pdf(programme))).metadata or {}
    assert set(known) <= {"/Title", "/Producer", "/Lang"}


def test_without_its_libraries_the_page_offers_the_browsers_print(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_page: str) -> bytes:
        raise OSError("cannot load library")

    monkeypatch.setattr(paper, "as_pdf", missing)
    monkeypatch.setattr(paper, "can_print", lambda: False)
    client = programme.client("manager")
    page = client.page(f"/statistics/{LAST}/report")
    assert "libpango-1.0-0" in page.text
    assert f"/statistics/{LAST}/report.pdf" not in page.links.values()
    answer = client.get(f"/statistics/{LAST}/report.pdf")
    assert answer.headers["Location"] == f"/statistics/{LAST}/report?notice=no_pdf_here"


def test_a_report_fetches_nothing(programme: Programme) -> None:
    with pytest.raises(paper.NothingLoaded):
        paper.refuse("https://example.org/a.png")
    with programme.app.test_request_context("/"), force_locale("fr"):
        page = render_template("errors/bare.html", status=404, language="fr", reference="")
    assert paper.as_pdf(page).startswith(b"%PDF-1.7")


def test_the_report_names_the_last_checkpoint_before_the_close(programme: Programme) -> None:
    for size, month in ((5, 3), (9, 4), (12, 6)):
        at = datetime(2025, month, 10, tzinfo=UTC)
        note = f"log\n{size}\n".encode()
        programme.session.add(AuditCheckpoint(size=size, note=note, made_at=at))
    programme.session.commit()
    page = programme.client("manager").page(f"/statistics/{LAST}/report")
    closed = queries.closed_period(programme.session, LAST)
    assert closed is not None
    expected = queries.checkpoint(programme.session, closed.closed_at)
    assert expected == hashlib.sha256(b"log\n9\n").hexdigest()[:32]
    assert expected in page.text


def test_every_column_has_its_hashtag() -> None:
    assert len(COLUMNS) == len(set(HASHTAGS.values()))
    assert all(tag.startswith("#") for tag in HASHTAGS.values())
