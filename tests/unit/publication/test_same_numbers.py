"""One number, one cell, everywhere: a walk over pages, leaflet and report, beside the published JSON-stat files.

The other formats are walked in test_open_data_formats.py, against the same tables.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import unescape
from itertools import product
from typing import Any

import pikepdf
import pytest

from barometer.model import Breakdown, Indicator, Survey, Theme
from barometer.publication._annex import UNBROKEN_N
from barometer.publication._cube import index
from barometer.publication._language import language
from barometer.publication._leaflet import leaflet_data
from barometer.publication._report import report_data
from published_example import edition, release, site

LANGUAGES = ("da", "nb", "sv", "en")
Place = tuple[str, str, str]  # indicator, breakdown, cell


@dataclass(frozen=True)
class Shown:
    """A cell as a reader sees it: figure, interval, n."""

    place: Place
    value: str
    interval: str
    n: str


# --- What the published tables say -------------------------------------------------------------------


@cache
def published(code: str) -> dict[Place, dict[str, float | None]]:
    """Every cell of the JSON-stat files of a language."""
    found: dict[Place, dict[str, float | None]] = {}
    for path, content in site().items():
        if not re.fullmatch(rf"open-data/{code}/[a-z0-9_-]+\.json", path):
            continue
        told = json.loads(content)
        if told["class"] != "dataset":
            continue
        names = told["id"]
        axes = [list(told["dimension"][name]["category"]["index"]) for name in names]
        group = next((name for name in names if name not in ("indicator", "period", "measure")), "total")
        for place, key in enumerate(product(*axes)):
            codes = dict(zip(names, key, strict=True))
            cell = codes.get(group, "all")
            where = (codes["indicator"], "total" if cell == "all" else group, cell)
            found.setdefault(where, {})[codes["measure"]] = told["value"][place]
    return found


def numbers(text: str, code: str) -> list[tuple[Decimal, int]]:
    """The numbers in a text, written as readers of the language write them, with their decimals."""
    thousands, point = {"da": (".", ","), "en": (",", ".")}.get(code, ("\u00a0", ","))
    found = []
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(point)}\d+)?"
    for one in re.findall(rf"{grouped}|\d+(?:{re.escape(point)}\d+)?", text):
        plain = one.replace(thousands, "").replace(point, ".")
        found.append((Decimal(plain), len(plain.partition(".")[2])))
    return found


def same(shown: str, code: str, *wanted: float | None) -> bool:
    """Whether a text has exactly these numbers, rounded half up to the decimals it shows; none if none is published."""
    there = numbers(shown, code)
    expected = [one for one in wanted if one is not None]
    return len(there) == len(expected) and all(
        number == Decimal(repr(round(one, 8))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        for (number, places), one in zip(there, expected, strict=True)
    )


def differing(cells: Iterator[Shown], code: str) -> tuple[list[Shown], int]:
    wrong, walked = [], 0
    for one in cells:
        walked += 1
        told = published(code)[one.place]
        right = same(one.value, code, told["value"]) and same(one.interval, code, told["ci_low"], told["ci_high"])
        if not (right and same(one.n, code, told["n"])):
            wrong.append(one)
    return wrong, walked


# --- What pages and documents show -------------------------------------------------------------------


def owner(indicator: str) -> Survey:
    return next(one for one in edition().surveys if any(each.id == indicator for each in one.programme.indicators))


def codes_of(indicator: str, breakdown: str) -> list[Place]:
    """Everyone, then the groups that are published, in the order of the edition."""
    cells = published("da")
    groups = [(indicator, breakdown, one.code) for one in owner(indicator).programme.breakdown(breakdown).categories]
    return [(indicator, "total", "all"), *(place for place in groups if place in cells)]


def tables_of(code: str) -> Iterator[tuple[str, str, bool, list[tuple[str, list[str]]]]]:
    """Every table of every page: path, id of its caption, whether it has intervals, and its rows."""
    for path, content in site().items():
        if not path.startswith(f"{code}/") or not path.endswith(".html"):
            continue
        page = re.sub(r">\s+<", "><", content.decode())
        for caption, table in re.findall(r'<caption id="([^"]+)">(.*?)</table>', page, re.DOTALL):
            interval = any("%" in head for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table))
            rows = re.findall(r'<th scope="row">(.*?)</th>((?:<td[^>]*>.*?</td>)+)', table)
            cells = [re.findall(r'<td(?! class="bar-cell")[^>]*>(.*?)</td>', row) for _, row in rows]
            yield (
                path,
                caption,
                interval,
                [(rows[at][0], [unescape(one) for one in cells[at]]) for at in range(len(rows))],
            )


def of_groups(code: str) -> Iterator[Shown]:
    """Tables of an indicator by groups, on its own page and its themes'."""
    slugs = {one.id.lower().replace("=", "-"): one.id for one in edition().indicators}
    for path, caption, interval, rows in tables_of(code):
        found = re.fullmatch(r"(?:([a-z0-9_-]+)-)?by-([a-z_]+)-c", caption)
        own = re.fullmatch(rf"{code}/indicators/([a-z0-9_-]+)\.html", path)
        if found and (found[1] or own) and found[1] != "series":  # whose rows are editions
            places = codes_of(slugs[found[1] or own[1]], found[2])  # type: ignore[index]
            for place, (_, cells) in zip(places, rows, strict=True):
                yield Shown(place, cells[0], cells[1] if interval else "", cells[2 if interval else 1])


def of_lists(code: str) -> Iterator[Shown]:
    """Rows of any table that are named by an indicator and lead to its page."""
    slugs = {one.id.lower().replace("=", "-"): one.id for one in edition().indicators}
    for _, _, interval, rows in tables_of(code):
        for label, cells in rows:
            if link := re.match(r'<a href="[^"]*indicators/([^"/]+)\.html">', label):
                yield Shown(total(slugs[link[1]]), cells[0], cells[1] if interval else "", cells[2 if interval else 1])


def shown(row: Mapping[str, Any], place: Place) -> Shown:
    return Shown(place, row["value"], row["interval"], row["n"])


def total(indicator: Indicator | str) -> Place:
    return (indicator if isinstance(indicator, str) else indicator.id, "total", "all")


def of_leaflet(code: str) -> Iterator[Shown]:
    data = leaflet_data(index(release(), edition()), language(code))
    for indicator, card in zip(edition().headline, data["glance"]["cards"], strict=True):
        assert card["number"] == card["value"]
        yield shown(card, total(indicator))
    for theme, told in zip(edition().themes, data["themes"], strict=True):
        yield from _of_theme(theme, told)


def _of_theme(theme: Theme, told: Mapping[str, Any]) -> Iterator[Shown]:
    sure = re.search(r"\. ([^.]*\d[^.]*), n = (.+)", told["sure"])
    assert sure
    yield Shown(total(theme.first), told["number"], sure[1], sure[2])
    if theme.picture and theme.picture.breakdown:
        places = codes_of(theme.picture.indicators[0], theme.picture.breakdown)[1:]
    else:
        members = [one for one in edition().indicators if one.id in theme.indicators]
        by_label = {label: one.id for one in members for label in one.label.values()}
        places = [total(by_label[row["label"]]) for row in told["picture"]["rows"]]
    for place, row in zip(places, told["picture"]["rows"], strict=True):
        yield shown(row, place)


def of_report(code: str) -> Iterator[Shown]:
    data = report_data(index(release(), edition()), language(code))
    for indicator, card in zip(edition().headline, data["headline"], strict=True):
        yield shown(card, total(indicator))
    for theme, told in zip(edition().themes, data["themes"], strict=True):
        names = {owner(one).programme.indicator(one).label[code]: one for one in theme.indicators}
        parts = [part for group in told["groups"] for part in group["parts"]]
        assert sorted(part["title"] for part in parts) == sorted(names)
        for indicator, part in ((names[part["title"]], part) for part in parts):
            breakdown = owner(indicator).programme.by[indicator][0]
            for place, row in zip(codes_of(indicator, breakdown), part["rows"], strict=True):
                yield shown(row, place)
        for group in told["groups"]:
            for row in group["overview"]["rows"] if group["overview"] else ():
                yield shown(row, total(names[row["label"]]))
    yield from _of_annexes(data)


def _of_annexes(data: Mapping[str, Any]) -> Iterator[Shown]:
    wide: list[tuple[Survey, Breakdown]] = [
        (survey, one) for survey in edition().surveys for one in survey.programme.breakdowns if len(one.categories) <= 9
    ]
    tables = [table for survey in data["tables"] for table in survey["tables"]]
    for (survey, breakdown), annex in zip(wide, tables, strict=True):
        rows = iter(annex["rows"])
        for indicator in survey.programme.indicators:
            if breakdown.id not in survey.programme.by[indicator.id]:
                continue
            for category, cell in zip(breakdown.categories, next(rows)["cells"], strict=True):
                interval, _, n = cell["sure"].partition(UNBROKEN_N)
                yield Shown((indicator.id, breakdown.id, category.code), cell["value"], interval, n.split(",")[0])


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("walk", "least"), [(of_groups, 200), (of_lists, 20), (of_leaflet, 10), (of_report, 150)])
def test_every_number_shown_is_the_one_in_the_published_tables(walk: Any, least: int, code: str) -> None:
    wrong, walked = differing(walk(code), code)
    assert wrong == []
    assert walked > least


def test_the_walk_finds_a_number_that_differs() -> None:
    place = next(place for place, told in published("en").items() if told["value"] is not None and told["n"])
    told = published("en")[place]
    assert differing(iter([Shown(place, "99.9%", "", "1")]), "en")[0]
    assert not same(f"{(told['value'] or 0) + 1:.0f}%", "en", told["value"])


def test_tables_of_all_languages_have_the_same_numbers() -> None:
    assert all(published(code) == published("da") for code in LANGUAGES)


# --- What is set in the PDFs -------------------------------------------------------------------------


def pages_of(pdf: pikepdf.Pdf) -> list[str]:
    """The words of every page, decoded by the fonts' own maps to Unicode, blanks left out."""
    found = []
    for page in pdf.pages:
        fonts = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
        letters: Mapping[int, str] = {}
        text = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                letters = fonts[str(operands[0])]
            elif str(operator) in ("Tj", "TJ"):
                parts = operands[0] if str(operator) == "TJ" else operands
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        raw = bytes(part)
                        pairs = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
                        text.append("".join(letters.get(glyph, "") for glyph in pairs))
        found.append(re.sub(r"\s", "", "".join(text)))
    return found


def _letters(font: Any) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for glyph, letter in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letter).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, letter in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            start = int.from_bytes(bytes.fromhex(letter), "big")
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found


def tight(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("code", ["da", "en"])
def test_every_number_of_the_leaflet_is_set_on_its_page(code: str) -> None:
    data = leaflet_data(index(release(), edition()), language(code))
    with pikepdf.open(io.BytesIO(site()[f"{code}/leaflet.pdf"])) as pdf:
        pages = pages_of(pdf)
    assert len(pages) == len(edition().themes) + 3  # cover, main figures, how they came about: nothing runs over
    assert tight(data["cover"]["number"]) in pages[0]
    for card in data["glance"]["cards"]:
        assert tight(card["label"] + card["sure"]) in pages[1]
    for theme, page in zip(data["themes"], pages[2:], strict=False):
        assert tight(theme["title"]) in page and tight(theme["number"]) in page and tight(theme["sure"]) in page
        assert all(tight(row["value"]) in page for row in theme["picture"]["rows"])


def test_every_number_of_the_reports_tables_is_set_in_it() -> None:
    data = report_data(index(release(), edition()), language("sv"))
    with pikepdf.open(io.BytesIO(site()["sv/report.pdf"])) as pdf:
        text = "".join(pages_of(pdf))
    rows = [row for theme in data["themes"] for group in theme["groups"] for part in group["parts"]
            for row in part["rows"]]  # fmt: skip
    missing = [
        row for row in rows if not row["remark"] and tight(row["value"] + row["interval"] + row["n"]) not in text
    ]
    assert missing == [] and len(rows) > 50
