"""The site as a whole: its pages, links, numbers and files."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import unescape
from posixpath import dirname, join, normpath

import polars as pl
import pytest

import disclosure_examples
from barometer.disclosure import protect
from barometer.model import Measure
from barometer.problems import BadInput
from barometer.publication import publish
from published_example import CENSUS_TITLE, edition, release, site

LANGUAGES = ("da", "nb", "sv", "en")
HEAVIEST = 100_000  # bytes of a page


@cache
def pages(language: str = "") -> dict[str, str]:
    return {
        path: content.decode()
        for path, content in site().items()
        if path.endswith(".html") and path.startswith(f"{language}/" if language else "")
    }


def slug(indicator: str) -> str:
    return indicator.lower().replace("=", "-")


# --- Pages ---------------------------------------------------------------------------------------


def test_every_language_has_the_same_pages() -> None:
    inside = [{path[3:] for path in pages(language)} for language in LANGUAGES]
    assert all(paths == inside[0] for paths in inside)
    wanted = {f"indicators/{slug(one.id)}.html" for one in edition().indicators}
    wanted |= {f"themes/{one.id}.html" for one in edition().themes}
    wanted |= {f"questionnaire-{one.id}.html" for one in edition().surveys}
    wanted |= {
        "index.html",
        "indicators.html",
        "findings.html",
        "methods.html",
        "data.html",
        "about.html",
        "quality.html",
        "comparability.html",
        "calendar.html",
        "search.html",
    }
    assert inside[0] == wanted


def test_every_link_leads_somewhere() -> None:
    """All links of all pages, fragments included."""
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages().items()}
    broken, followed = [], 0
    for path, text in pages().items():
        for target in re.findall(r'href="([^"]+)"', text):
            if re.match(r"https?:|mailto:|data:,", target):
                continue
            address, _, fragment = target.partition("#")
            found = normpath(join(dirname(path), unescape(address))) if address else path
            followed += 1
            if found not in site() or (fragment and fragment not in anchors.get(found, set())):
                broken.append((path, target))
    assert followed > 1000
    assert broken == []


def test_every_page_can_be_reached_from_the_door() -> None:
    seen, ahead = set(), ["index.html"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        for target in re.findall(r'href="([^"#]+)"', pages()[path]):
            found = normpath(join(dirname(path), target))
            if found.endswith(".html"):
                ahead.append(found)
    assert seen == set(pages())


def test_ids_are_unique_on_a_page() -> None:
    for path, text in pages().items():
        twice = [name for name, times in Counter(re.findall(r'\bid="([^"]+)"', text)).items() if times > 1]
        assert twice == [], path


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_know_their_language_and_the_others(language: str) -> None:
    for path, text in pages(language).items():
        assert f'<html lang="{language}">' in text
        for other in LANGUAGES:
            if other != language:
                up = "../" * path.count("/")
                assert f'hreflang="{other}" href="{up}{other}/{path[3:]}"' in text


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    for path, text in pages().items():
        assert "default-src 'none'; style-src 'self'" in text, path
        scripts = re.findall(r"<script[^>]*>[^<]*", text)
        assert scripts == re.findall(r'<script src="[./]*site\.js" defer [^>]*>', text), path
        assert not re.search(r"<style|\bstyle=|\bon[a-z]+=|javascript:|src=\"http", text), path


def test_texts_are_escaped() -> None:
    text = pages()["da/index.html"]
    assert CENSUS_TITLE["da"] == "Totaltælling <alle>"
    assert "Totaltælling &lt;alle&gt;" in text
    assert not any("<alle>" in page for page in pages("da").values())


def test_pages_are_light() -> None:
    heavy = {path: len(text.encode()) for path, text in pages().items() if len(text.encode()) > HEAVIEST}
    assert heavy == {}
    assert len(site()["site.css"]) < 25_000


@pytest.mark.thorough  # a whole site again
def test_the_same_release_gives_the_same_bytes() -> None:
    assert publish(release(), edition()) == site()


@pytest.mark.parametrize("language", LANGUAGES)
def test_made_up_answers_are_marked_on_every_page_and_in_every_file(language: str) -> None:
    for path, text in pages(language).items():
        assert edition().synthetic_note[language] in unescape(text), path
    for path, content in site().items():
        if path.endswith(".csv") and not path.endswith(".sdmx.csv"):
            rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
            assert {row["synthetic"] for row in rows} == {"true"}, path
    assert json.loads(site()["data/example-2024.json"])["synthetic"] is True
    assert pl.read_parquet(io.BytesIO(site()["data/example-2024.parquet"]))["synthetic"].all()


def test_real_answers_are_not_called_made_up() -> None:
    real = disclosure_examples.edition(
        {"kind": ("a", "b")}, {"q": ("yes", "no")}, {"YES": "q == 'yes'"}, {"kind": "kind"}
    )
    cases = [{"unit": f"u{n}", "kind": "ab"[n % 2], "q": "yes" if n % 3 else "no"} for n in range(60)]
    survey = replace(real.surveys[0], title={"en": "Survey"})
    real = replace(real, synthetic=False, surveys=(survey,))
    made = publish(protect(real, disclosure_examples.estimates(real, cases)), real)
    assert not any(
        b"Made-up" in content or b"made up" in content
        for path, content in made.items()
        if path not in ("data/example.json", "en/data.html") and not path.endswith("-metadata.json")  # name the column
    )


# --- Numbers -------------------------------------------------------------------------------------


def rounded(value: float, places: int = 0) -> Decimal:
    return Decimal(repr(round(value, 8))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def per_cent(share: float, language: str) -> str:
    return f"{rounded(share * 100)}" + ("%" if language == "en" else "\u00a0%")


def expected_cells(row: dict[str, object], language: str) -> tuple[str, str, str]:
    """Value, interval and n of a share as they must stand in a table."""
    if row["status"]:
        mark = ":" if row["status"] == "c" else "."
        return mark, "", mark
    interval = f"{rounded(row['ci_low'] * 100)}–{per_cent(row['ci_high'], language)}"
    return per_cent(row["value"], language), interval, str(row["n"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_in_every_table_is_that_of_the_release(language: str) -> None:
    """A walk over the tables of all indicator pages, beside the cube."""
    walked = 0
    for survey in edition().surveys:
        for indicator in survey.programme.indicators:
            if indicator.measure is not Measure.SHARE:
                continue
            page = pages(language)[f"{language}/indicators/{slug(indicator.id)}.html"]
            tables = dict(re.findall(r'<caption id="by-([a-z_]+)-c">.*?</caption>(.*?)</table>', page, re.DOTALL))
            assert set(tables) == set(survey.programme.by[indicator.id])
            for breakdown, content in tables.items():
                cells = (
                    release()
                    .cells.filter(indicator=indicator.id)
                    .filter((pl.col("breakdown") == breakdown) | (pl.col("breakdown") == "total"))
                )
                codes = ["all", *(one.code for one in survey.programme.breakdown(breakdown).categories)]
                by_code = {row["cell"]: row for row in cells.iter_rows(named=True)}
                rows = [expected_cells(by_code[code], language) for code in codes if code in by_code]
                found = re.findall(r"</th><td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td>", content)
                assert found == rows, (indicator.id, breakdown)
                walked += len(rows)
    assert walked > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_headline_figures_are_big_and_right(language: str) -> None:
    text = pages(language)[f"{language}/index.html"]
    big = [unescape(re.sub(r"<[^>]+>", "", found)) for found in re.findall(r'<p class="big">(.*?)</p>', text)]
    totals = {row["indicator"]: row["value"] for row in release().cells.filter(breakdown="total").iter_rows(named=True)}
    shares = [one for one in edition().headline if one != "HOURS"]
    order = list(edition().headline)
    shown = [value for one, value in zip(order, big, strict=True) if one != "HOURS"]
    assert shown == [per_cent(totals[one], language) for one in shares]
    for one in shares:
        assert f" {rounded(totals[one] * 100)} " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_says_what_is_not_different(language: str) -> None:
    words = {
        "da": "ikke signifikant (",
        "nb": "ikke signifikant (",
        "sv": "inte signifikant (",
        "en": "not significant (",
    }
    text = pages(language)[f"{language}/index.html"]
    assert unescape(text).count(words[language]) == 1
    assert all(claim.text[language] in unescape(text) for claim in edition().claims)


def test_hidden_figures_are_nowhere() -> None:
    """Cells marked hidden have no number in any file."""
    for path, content in site().items():
        if path.endswith(".csv") and not path.endswith(".sdmx.csv") and "differences" not in path:
            for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
                if row["status"]:
                    assert (row["value"], row["ci_low"], row["ci_high"], row["n"]) == ("", "", "", ""), path


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_files_have_the_whole_cube_with_names(language: str) -> None:
    whole = pl.read_csv(site()[f"{language}/data/example-2024.csv"])
    cells = release().cells
    assert whole.height == cells.height
    shares = pl.Series([one.id for one in edition().indicators if one.measure is Measure.SHARE])
    per_cent = pl.when(pl.col("indicator").is_in(shares.implode())).then((pl.col("value") * 100).round(4))
    assert whole["value"].to_list() == cells.select(per_cent.otherwise("value")).to_series().to_list()
    for name in ("indicator_label", "breakdown_label", "cell_label"):
        assert whole[name].null_count() == 0
    parts = [pl.read_csv(site()[f"{language}/data/{slug(one.id)}.csv"]).height for one in edition().indicators]
    assert sum(parts) == cells.height


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_can_be_downloaded_as_numbers_and_as_drawings(language: str) -> None:
    for theme in edition().themes:
        rows = pl.read_csv(site()[f"{language}/data/themes/{theme.id}.csv"])
        single = [pl.read_csv(site()[f"{language}/data/{slug(one)}.csv"]) for one in theme.indicators]
        assert rows.equals(pl.concat(single, how="vertical_relaxed"))
        drawn = json.loads(site()[f"{language}/data/themes/{theme.id}.vega.json"])["vconcat"]
        overview = [row["label"] for row in drawn[0]["data"]["values"]]
        labels = {one.label[language] for one in edition().indicators if one.id in theme.indicators}
        assert len(overview) > 1 and set(overview) <= labels
        page = pages(language)[f"{language}/themes/{theme.id}.html"]
        assert all(f"../data/themes/{theme.id}.{end}" in page for end in ("csv", "vega.json"))


def test_the_parquet_file_is_the_cube_with_shares_in_per_cent() -> None:
    table = pl.read_parquet(io.BytesIO(site()["data/example-2024.parquet"]))[:, 2:]
    scaled = ["value", "ci_low", "ci_high"]
    assert table.drop(scaled).equals(release().cells.drop(scaled))
    fractions = table["value"].drop_nulls() / release().cells["value"].drop_nulls()
    assert set(fractions.round(3)) == {1.0, 100.0}


def test_the_data_dictionary_explains_every_column_and_code() -> None:
    told = json.loads(site()["data/example-2024.json"])
    columns = pl.read_csv(site()["en/data/example-2024.csv"]).columns
    assert set(told["columns"]) == set(columns)
    breakdowns = {one["id"]: one["categories"] for one in told["surveys"][0]["breakdowns"]}
    for row in (
        release().cells.filter(pl.col("survey") == "workplaces", pl.col("breakdown") != "total").iter_rows(named=True)
    ):
        assert breakdowns[row["breakdown"]][row["cell"]]["sv"]
    questions = {one["id"]: one["question"] for one in told["surveys"][0]["indicators"]}
    assert questions["INC_SERV"] == edition().surveys[0].instrument.question("service").text


# --- Method --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_methods_page_tells_what_was_done(language: str) -> None:
    text = unescape(pages(language)[f"{language}/methods.html"])
    total = release().response.filter(survey="workplaces", breakdown="total").row(0, named=True)
    for count in (total["frame"], total["sampled"], total["responded"]):
        assert str(count) in text
    assert per_cent(total["responded"] / total["sampled"], language) in text
    frame = edition().surveys[0].frame
    assert frame.exclusions[0].reason[language] in text
    assert frame.source[language].rstrip(".") in text
    assert edition().purpose[language] in text
    assert edition().definition[language] in text
    audit = release().audit
    assert all(str(count) in text for count in (audit.cells, audit.published, audit.hidden, audit.needs))


def test_response_is_shown_by_register_group() -> None:
    text = pages("en")["en/methods.html"]
    for row in release().response.filter(survey="workplaces", breakdown="sector").iter_rows(named=True):
        label = {"municipality": "Municipality", "region": "Region", "state": "State"}[row["cell"]]
        numbers = "".join(f'<td class="number">{row[name]}</td>' for name in ("frame", "sampled", "responded"))
        assert f'<th scope="row">{label}</th>{numbers}' in text


# --- What is refused -----------------------------------------------------------------------------


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        publish(release(), replace(edition(), languages=("da", "fi"), claims=()))
    assert [problem.code for problem in caught.value.problems] == ["P005"]


def test_a_release_of_another_edition_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        publish(release(), replace(edition(), id="example-2026"))
    assert [problem.code for problem in caught.value.problems] == ["P006"]


def test_an_indicator_the_release_does_not_have_is_refused() -> None:
    survey = edition().surveys[0]
    more = replace(survey.programme.indicators[0], id="NEW_ONE")
    programme = replace(survey.programme, indicators=(*survey.programme.indicators, more))
    with pytest.raises(BadInput) as caught:
        publish(release(), replace(edition(), surveys=(replace(survey, programme=programme), edition().surveys[1])))
    (problem,) = caught.value.problems
    assert problem.code == "P007"
    assert problem.place.field == "NEW_ONE"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Explanation and examples", "Answer in: hours. From 0 to 20,000. Also offered: Don’t know.")),
        ("da", ("Forklaring og eksempler", "Svares i: timer. Fra 0 til 20.000. Man kan også svare: Ved ikke.")),
        ("nb", ("Forklaring og eksempler", "Besvares i: timer. Fra 0 til 20 000. Man kan også svare: Vet ikke.")),
        ("sv", ("Förklaring och exempel", "Besvaras i: timmar. Från 0 till 20 000. Man kan också svara: Vet inte.")),
    ],
)
def test_the_questionnaire_shows_definitions_units_limits_and_missing_answers(
    language: str, told: tuple[str, ...]
) -> None:
    page = " ".join(unescape(pages(language)[f"{language}/questionnaire-workplaces.html"]).replace("\xa0", " ").split())
    assert all(words in page for words in told), told
