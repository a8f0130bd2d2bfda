"""One mistake at a time is planted in the starter edition; each is named with its place and a way out."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from barometer.edition import check_edition, starter
from barometer.problems import CATALOGUE, Problem, Severity

Change = Callable[[dict[str, bytes]], None]
QUESTIONNAIRE = "questionnaires/workplaces.yaml"


def edition() -> dict[str, bytes]:
    """The starter, with a simulation.toml if it has none."""
    return {"simulation.toml": b"", **starter()}


def swap(file: str, old: str, new: str) -> Change:
    """Replace the first `old`, which must be there, by `new`."""

    def change(folder: dict[str, bytes]) -> None:
        assert old.encode() in folder[file], f"{file} has no {old!r}"
        folder[file] = folder[file].replace(old.encode(), new.encode(), 1)

    return change


def both(first: Change, second: Change) -> Change:
    def change(folder: dict[str, bytes]) -> None:
        first(folder)
        second(folder)

    return change


def append(file: str, text: str) -> Change:
    def change(folder: dict[str, bytes]) -> None:
        folder[file] = folder.get(file, b"") + text.encode()

    return change


def without(file: str) -> Change:
    def change(folder: dict[str, bytes]) -> None:
        del folder[file]

    return change


def written(file: str, content: bytes) -> Change:
    def change(folder: dict[str, bytes]) -> None:
        folder[file] = content

    return change


def errors(folder: dict[str, bytes]) -> list[Problem]:
    return [problem for problem in check_edition(folder) if problem.severity is Severity.ERROR]


@dataclass(frozen=True)
class Mistake:
    """`says` are words of the problem: where it is, what was found, and the way out. `also` are codes of what
    follows from it and is true: references to a name that is no longer there."""

    name: str
    change: Change
    code: str
    says: tuple[str, ...]
    also: frozenset[str] = frozenset()


T = 'label = { en = "T", da = "T", nb = "T", sv = "T" }'
U = "{ en = 'T', da = 'T', nb = 'T', sv = 'T' }"
FIGURES = "survey,indicator,breakdown,cell,value_pct,n,approximate,label,source,remark\n"

MISTAKES = [
    # edition.toml
    Mistake("missing edition.toml", without("edition.toml"), "E001", ("edition.toml", "no such file")),
    Mistake("missing weighting.toml", without("weighting.toml"), "E001", ("weighting.toml",)),
    Mistake(
        "misspelt file name",
        lambda folder: folder.update({"indicator.toml": folder.pop("indicators.toml")}),
        "E001",
        ("indicators.toml", "Did you mean 'indicator.toml'?"),
    ),
    Mistake(
        "TOML syntax",
        swap("design.toml", 'fraction_by = "size"', "fraction_by = size"),
        "E002",
        ("design.toml, line 6", "fraction_by = size", "quotation marks"),
    ),
    Mistake(
        "key given twice",
        swap("weighting.toml", "weighted = true", "weighted = true\nweighted = true"),
        "E002",
        ("weighting.toml, line 5",),
    ),
    Mistake(
        "unknown key",
        swap("edition.toml", "seed =", "sources_of = []\nseed ="),
        "E003",
        ("edition.toml, line 8", "'sources_of'", "Did you mean 'sources'?"),
    ),
    Mistake("missing id", swap("edition.toml", 'id = "example-2024"', ""), "E004", ("'id'", "Fill in")),
    Mistake(
        "seed in quotation marks",
        swap("edition.toml", "seed = 20240601", 'seed = "20240601"'),
        "E005",
        ("line 8, field 'seed'", "a whole number", "without quotation marks"),
    ),
    Mistake(
        "title in one language only",
        swap("edition.toml", 'da = "Innovation på eksempelarbejdspladser 2024"\n', ""),
        "E006",
        ("field 'title'", "no text in da", "Write the text in da"),
    ),
    Mistake(
        "text in a language the edition does not have",
        swap("edition.toml", 'contact = "', 'name.fi = "T"\ncontact = "'),
        "E002",
        ("line 52", "name.fi"),
    ),
    Mistake(
        "purpose in a foreign language",
        swap("edition.toml", "[definition]", 'fi = "T"\n[definition]'),
        "E009",
        ("purpose.fi", "language 'fi'", "add it to languages"),
    ),
    Mistake("country in lower case", swap("edition.toml", '"DK"', '"dk"'), "E007", ("country", "'dk'", "form of 'DK'")),
    Mistake(
        "language nobody can print",
        swap("edition.toml", '["en", "da", "nb", "sv"]', '["en", "da", "nb", "sv", "de"]'),
        "E007",
        ("languages[5]", "'de'"),
    ),
    Mistake(
        "survey twice",
        append(
            "edition.toml",
            f"[[survey]]\nid = 'workplaces'\ntitle = {U}\ninstrument = '{QUESTIONNAIRE}'\nframe = 'workplaces'\n"
            f"answers = {{ kind = 'simulated' }}\nfieldwork = {U}\n",
        ),
        "E008",
        ("survey[2].id", "'workplaces'"),
    ),
    Mistake(
        "unknown frame",
        swap("edition.toml", 'frame = "workplaces" ', 'frame = "workplace" '),
        "E009",
        ("survey[1].frame", "Did you mean 'workplaces'?"),
    ),
    Mistake(
        "questionnaire that is not there",
        swap("edition.toml", QUESTIONNAIRE, "questionnaires/workplace.yaml"),
        "E009",
        ("survey[1].instrument", f"Did you mean '{QUESTIONNAIRE}'?"),
    ),
    Mistake(
        "imported answers that are not there",
        swap("edition.toml", '{ kind = "simulated" }', '{ kind = "imported", file = "answers/a.csv", map = "a.toml" }'),
        "E009",
        ("answers/a.csv",),
    ),
    Mistake(
        "period the wrong way round",
        swap("edition.toml", "start = 2023-01-01", "start = 2024-01-01"),
        "E014",
        ("reference_period.start", "2024-01-01 after end 2023-12-31"),
    ),
    Mistake(
        "released before the period ends",
        swap("edition.toml", "at = 2024-06-01", "at = 2023-06-01"),
        "E014",
        ("release.at", "2023-06-01"),
    ),
    Mistake(
        "embargo without time zone",
        swap("edition.toml", "T09:00:00+02:00", "T09:00:00"),
        "E015",
        ("release.at", "2025-04-24T09:00:00+02:00"),
    ),
    Mistake("release on a date", swap("edition.toml", "T09:00:00+02:00", ""), "E005", ("release.at", "a time zone")),
    Mistake(
        "file in another encoding",
        lambda folder: folder.update({"frame.toml": folder["frame.toml"].decode().encode("latin-1", "replace")}),
        "E016",
        ("frame.toml, line 13", "save it with the encoding UTF-8"),
    ),
    Mistake(
        "made-up answers kept quiet",
        swap("edition.toml", "synthetic = true", "synthetic = false"),
        "E028",
        ("field 'synthetic'", "Write synthetic = true"),
    ),
    Mistake(
        "no synthetic note",
        lambda folder: folder.update(
            {"edition.toml": folder["edition.toml"].replace(b"[synthetic_note]", b"[x_note]")}
        ),
        "E004",
        ("'synthetic_note'",),
        frozenset({"E003"}),
    ),
    Mistake(
        "control character",
        swap("edition.toml", "Shows how an edition", "Shows \\u000B how an edition"),
        "E029",
        ("purpose.en", "U+000B", "Delete the character"),
    ),
    # frame.toml
    Mistake("unknown kind of column", swap("frame.toml", '"integer"', '"int"'), "E007", ("column[3].kind", "integer")),
    Mistake(
        "category code with a colon",
        swap("frame.toml", 'code = "region"', 'code = "re:gion"'),
        "E007",
        ("categories[2].code", "'re:gion'"),
    ),
    Mistake(
        "category twice",
        swap("frame.toml", 'code = "region"', 'code = "state"'),
        "E008",
        ("frame.toml, line 22", "'state' again"),
    ),
    Mistake(
        "column with a name of the program's own",
        append("frame.toml", f"[[workplaces.column]]\nname = 'weight'\nkind = 'number'\n{T}\n"),
        "E011",
        ("column[4].name", "'weight'"),
    ),
    Mistake(
        "unknown column in an exclusion",
        swap("frame.toml", "employees < 1", "employes < 1"),
        "X003",
        ("exclude[1].when", "employees"),
    ),
    Mistake(
        "register that is not there",
        swap("frame.toml", '"frame.csv"', '"frames.csv"'),
        "E009",
        ("workplaces.file", "Did you mean 'frame.csv'?"),
    ),
    # design.toml and weighting.toml
    Mistake(
        "fraction above one",
        swap("design.toml", '"1-9" = 0.5', '"1-9" = 1.5'),
        "E012",
        ("fractions.1-9", "1.5", "0.15 for 15 %"),
    ),
    Mistake("fraction of nothing", swap("design.toml", '"1-9" = 0.5', '"1-9" = 0'), "E012", ("above 0",)),
    Mistake(
        "fraction of an unknown category",
        swap("design.toml", '"50+" = 1.0', '"50+" = 1.0, "200+" = 1.0'),
        "E009",
        ("fractions.200+", "'200+'"),
    ),
    Mistake(
        "category without fraction",
        swap("design.toml", ', "50+" = 1.0', ""),
        "E025",
        ("fractions", "no fraction for 50+"),
    ),
    Mistake(
        "fractions by a column that is no stratum",
        swap("design.toml", '["sector", "size"]', '["sector"]'),
        "E025",
        ("fraction_by", "'size'"),
    ),
    Mistake(
        "unknown stratum",
        swap("design.toml", '["sector", "size"]', '["sektor", "size"]'),
        "E009",
        ("strata[1]", "Did you mean 'sector'?"),
    ),
    Mistake(
        "number as stratum",
        swap("design.toml", '["sector", "size"]', '["employees", "size"]'),
        "E021",
        ("strata[1]", "integer", "classes"),
    ),
    Mistake(
        "sample larger than the register",
        append("design.toml", "sample_size = 201\n"),
        "E012",
        ("sample_size", "201 from 200"),
    ),
    Mistake(
        "design of an unknown survey",
        append("design.toml", "[workplace]\nselection = 'census'\n"),
        "E009",
        ("design.toml", "Did you mean 'workplaces'?"),
    ),
    Mistake(
        "raking without margins",
        swap("weighting.toml", 'margins = [["sector"], ["size"]]', ""),
        "E026",
        ("calibration", "Add margins"),
    ),
    Mistake(
        "logit calibration without bounds",
        both(swap("weighting.toml", '"raking"', '"logit"'), swap("weighting.toml", "bounds = [0.3, 3.0]", "")),
        "E026",
        ("logit", "Add bounds"),
    ),
    Mistake(
        "response by classes and by a model",
        swap("weighting.toml", "weighted = true", 'weighted = true\npropensity = ["size"]'),
        "E026",
        ("propensity beside response_classes",),
    ),
    Mistake(
        "margin of an unknown column",
        swap("weighting.toml", '[["sector"], ["size"]]', '[["sector"], ["siz"]]'),
        "E009",
        ("margins", "Did you mean 'size'?"),
    ),
    Mistake(
        "margin of a column that may be blank",
        swap("frame.toml", 'name = "sector"', 'name = "sector"\nrequired = false'),
        "E021",
        ("'sector', which may be blank", "a category of their own"),
    ),
    Mistake(
        "bounds that leave out one",
        swap("weighting.toml", "[0.3, 3.0]", "[1.3, 3.0]"),
        "E012",
        ("bounds", "around 1"),
    ),
    # indicators.toml
    Mistake(
        "unknown universe",
        swap("indicators.toml", 'universe = "INNOV"', 'universe = "INOV"'),
        "E009",
        ("indicator[4].universe", "Did you mean 'INNOV'?"),
    ),
    Mistake(
        "unknown question in a numerator",
        swap("indicators.toml", "\"service == 'yes'\"", "\"servise == 'yes'\""),
        "X003",
        ("indicators.toml, line 17, field 'indicator[1].numerator'", "'service'"),
    ),
    Mistake(
        "question that was removed",
        swap("indicators.toml", 'question = "factors.economy"', 'question = "factors.money"'),
        "E009",
        ("indicator[9].question", "factors.money"),
    ),
    Mistake(
        "choice that was removed",
        swap(QUESTIONNAIRE, "{code: citizens", "{code: residents"),
        "X005",
        ("indicator[5].numerator", "citizens"),
    ),
    Mistake(
        "universe defined later",
        swap(
            "indicators.toml",
            '[[universe]]\nid = "ALL"',
            f"[[universe]]\nid = 'EARLY'\n{T}\nnoun = {U}\nwhen = 'not INNOV'\n[[universe]]\nid = \"ALL\"",
        ),
        "E010",
        ("universe[1].when", "INNOV", "Move the definition"),
    ),
    Mistake(
        "component defined later",
        swap("indicators.toml", '["INC_SERV", "INC_PROC"]', '["INC_SERV", "INC_PROC", "SPR_ANY"]'),
        "E010",
        ("components[3]", "'SPR_ANY'"),
    ),
    Mistake(
        "component of another universe",
        swap("indicators.toml", '["COL_CITIZ", "COL_FIRM"', '["INC_SERV", "COL_FIRM"'),
        "E019",
        ("components[1]", "INNOV"),
    ),
    Mistake(
        "share without numerator",
        swap("indicators.toml", "numerator = \"novelty in ('inspired', 'copy')\"\n", ""),
        "E018",
        ("indicator[4]", "neither"),
    ),
    Mistake(
        "mean without unit",
        swap("indicators.toml", 'unit = { en = "hours", da = "timer", nb = "timer", sv = "timmar" }\n', ""),
        "E018",
        ("indicator[11].unit", "Add unit"),
    ),
    Mistake(
        "indicator twice",
        swap("indicators.toml", 'id = "COL_FIRM"', 'id = "COL_CITIZ"'),
        "E008",
        ("indicator[6].id", "'COL_CITIZ'"),
        frozenset({"E009"}),
    ),
    Mistake(
        "id in lower case",
        swap("indicators.toml", 'id = "HOURS"', 'id = "hours"'),
        "E007",
        ("indicator[11].id",),
        frozenset({"E009"}),
    ),
    Mistake(
        "indicator called like a universe",
        swap("indicators.toml", 'id = "HOURS"', 'id = "INNOV"'),
        "E011",
        ("indicator[11].id", "also a universe"),
        frozenset({"E009"}),
    ),
    Mistake(
        "unknown survey",
        swap("indicators.toml", 'id = "HOURS"', 'id = "HOURS"\nsurvey = "workplace"'),
        "E009",
        ("indicator[11].survey", "Did you mean 'workplaces'?"),
    ),
    # outputs.toml
    Mistake(
        "fewer units than the floor",
        swap("outputs.toml", "minimum_units = 5", "minimum_units = 4"),
        "E013",
        ("rules.minimum_units", "at least 5"),
    ),
    Mistake(
        "unknown headline",
        swap("outputs.toml", '["INC_ANY", "COL_ANY"', '["INC_ANYY", "COL_ANY"'),
        "E009",
        ("headline[1]", "Did you mean 'INC_ANY'?"),
    ),
    Mistake(
        "unknown breakdown in a table",
        swap("outputs.toml", 'breakdowns = ["sector", "size"]', 'breakdowns = ["sektor", "size"]'),
        "E009",
        ("table[1].breakdowns[1]", "Did you mean 'sector'?"),
    ),
    Mistake(
        "unknown theme in a table",
        swap("outputs.toml", 'indicators = ["SPR_ANY", "NOV_REUSE"]', 'indicators = ["THEME:colaboration"]'),
        "E009",
        ("table[2].indicators[1]", "Did you mean 'collaboration'?"),
    ),
    Mistake(
        "unknown column of a breakdown",
        swap("outputs.toml", 'column = "size"', 'column = "sizes"'),
        "E009",
        ("breakdown[2].column", "Did you mean 'size'?"),
    ),
    Mistake(
        "breakdown in two ways",
        swap("outputs.toml", 'column = "size"', 'column = "size"\ncrossing = ["sector", "size"]'),
        "E020",
        ("breakdown[2]", "column and crossing"),
    ),
    Mistake(
        "crossing with an unknown breakdown",
        append("outputs.toml", f"[[breakdown]]\nid = 'both'\ncrossing = ['sector', 'sizes']\n{T}\n"),
        "E009",
        ("breakdown[4].crossing[2]", "Did you mean 'size'?"),
    ),
    Mistake(
        "categories that leave some out",
        swap(
            "outputs.toml",
            'column = "sector" ',
            f"categories = [{{ code = 'state', label = {U} }}]\ncolumn = \"sector\" ",
        ),
        "E022",
        ("breakdown[1].categories", "municipality, region"),
    ),
    Mistake(
        "share of an unknown indicator",
        swap("outputs.toml", 'share = "COL_ANY"', 'share = "COL_SOME"'),
        "E009",
        ("categories[1].share", "COL_SOME"),
    ),
    Mistake(
        "claim on an unknown cell",
        append(
            "outputs.toml",
            "[[claim]]\nid = 'c'\nindicator = 'COL_FIRM'\nbreakdown = 'sector'\nclaim = 'states > region'\n"
            f"text = {U}\n",
        ),
        "E009",
        ("claim[1].claim", "Did you mean 'state'?"),
    ),
    Mistake(
        "claim that compares nothing",
        append(
            "outputs.toml",
            "[[claim]]\nid = 'c'\nindicator = 'COL_FIRM'\nbreakdown = 'sector'\nclaim = 'state is larger'\n"
            f"text = {U}\n",
        ),
        "E024",
        ("claim[1].claim", ">, < or ~"),
    ),
    Mistake(
        "claim about a table that is not published",
        append(
            "outputs.toml",
            "[[claim]]\nid = 'c'\nindicator = 'COL_FIRM'\nbreakdown = 'collaboration'\nclaim = 'with > without'\n"
            f"text = {U}\n",
        ),
        "E023",
        ("claim[1].breakdown", "Add a [[table]]"),
    ),
    # texts and figures
    Mistake(
        "text missing in a language", without("texts/nb/about.md"), "E001", ("texts/nb/about.md", "texts/en/about.md")
    ),
    Mistake("empty text", written("texts/nb/about.md", b" \n"), "E006", ("texts/nb/about.md", "an empty text")),
    Mistake(
        "text whose name is no address",
        append("texts/nb/Om oss.md", "T"),
        "E007",
        ("texts/nb/Om oss.md", "'Om oss.md'"),
        frozenset({"E001"}),
    ),
    Mistake("texts of a foreign language", append("texts/fi/about.md", "T"), "E009", ("texts/fi/about.md",)),
    Mistake(
        "figure that is no number",
        written("figures.csv", (FIGURES + "workplaces,INC_ANY,total,all,86 %,,,,,\n").encode()),
        "E027",
        ("figures.csv, row 2, column 'value_pct'", "'86 %'"),
    ),
    Mistake(
        "figure of an unknown cell",
        written("figures.csv", (FIGURES + "workplaces,INC_ANY,sector,stat,86,,,,,\n").encode()),
        "E027",
        ("row 2, column 'cell'", "Did you mean 'state'?"),
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_the_only_thing_reported_with_place_and_way_out(mistake: Mistake) -> None:
    folder = edition()

    mistake.change(folder)

    found = errors(folder)
    shown = "\n".join(str(problem) for problem in found)
    assert {problem.code for problem in found} == {mistake.code, *mistake.also}, shown
    assert any(all(words in str(problem) for words in mistake.says) for problem in found), shown


def test_ten_mistakes_in_ten_files_are_all_told_at_once() -> None:
    folder = edition()
    changes = {
        "E007": swap("edition.toml", '"DK"', '"Denmark"'),
        "E011": swap("frame.toml", 'name = "employees"', 'name = "weight"'),
        "F005": swap("frame.csv", "0002,", "0001,"),
        "E012": swap("design.toml", '"10-49" = 0.7', '"10-49" = 7'),
        "E021": swap("weighting.toml", '["size"] ', '["unit_id"] '),
        "Q006": swap(QUESTIONNAIRE, "sv: Innovation 2023", "sv: ''"),
        "E018": swap("indicators.toml", "numerator = \"shared == 'yes'\"\n", ""),
        "E013": swap("outputs.toml", "minimum_units = 5", "minimum_units = 3"),
        "E001": without("texts/sv/method.md"),
        "E027": written("figures.csv", (FIGURES + "workplaces,INC_ANY,total,all,many,,,,,\n").encode()),
    }
    changes["E009"] = changes.pop("E021")  # an id is no column of the register

    for change in changes.values():
        change(folder)

    assert set(changes) <= {problem.code for problem in errors(folder)}


def test_the_starter_has_no_problems() -> None:
    assert errors(edition()) == []


def test_every_problem_found_is_explained() -> None:
    assert all(CATALOGUE[mistake.code].explanation for mistake in MISTAKES)
