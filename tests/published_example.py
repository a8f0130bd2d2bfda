"""A small edition with a bit of everything a page can meet, and its release, made by the rooms themselves.

Two surveys: workplaces (a weighted sample, with a crossing, groups by answers, a union, a mean, don't know left
out, a series break, claims) and the same questions put to a census, not weighted. Answers are drawn at random
with a fixed seed; the state answers otherwise than the municipalities, so that some differences are significant.
"""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from barometer.disclosure import Release, protect
from barometer.edition import read_edition, starter
from barometer.estimation import estimate, join
from barometer.model import (
    ALL,
    ESSENTIAL,
    GROUPS,
    TOTAL,
    Calibration,
    Edition,
    Kin,
    Other,
    Point,
    Properties,
    Selection,
    Series,
    Survey,
    Weighting,
)
from barometer.publication import publish
from barometer.questionnaire import answer_columns, answers_on_path
from barometer.sampling import draw_sample
from barometer.tables import Estimates, Sample
from barometer.weighting import weigh

MORE_OUTPUTS = """
[[breakdown]]
id = "sector_size"
crossing = ["sector", "size"]
label = { en = "Sector and size", da = "Sektor og størrelse", nb = "Sektor og størrelse", sv = "Sektor och storlek" }

[[breakdown]]
id = "partner"
overlapping = true
label = { en = "Partner", da = "Partner", nb = "Partner", sv = "Partner" }

[[breakdown.categories]]
code = "citizens"
when = "COL_CITIZ"
label = { en = "Citizens", da = "Borgere", nb = "Innbyggere", sv = "Invånare" }

[[breakdown.categories]]
code = "firms"
when = "COL_FIRM"
label = { en = "Companies", da = "Virksomheder", nb = "Bedrifter", sv = "Företag" }

[[table]]
indicators = ["INC_ANY", "INC_SERV"]
breakdowns = ["sector_size"]

[[table]]
indicators = ["SPR_ANY"]
breakdowns = ["partner"]

[[claim]]
id = "state-more"
indicator = "INC_SERV"
breakdown = "sector"
claim = "state > municipality"
text.en = "The state has new services more often."
text.da = "Staten har oftere ny service."
text.nb = "Staten har oftere nye tjenester."
text.sv = "Staten har oftare nya tjänster."

[[claim]]
id = "citizens-alike"
indicator = "COL_CITIZ"
breakdown = "size"
claim = "1-9 ~ 10-49"
text.en = "Small and middle-sized workplaces work with citizens about equally often."
text.da = "Små og mellemstore arbejdspladser arbejder omtrent lige ofte med borgere."
text.nb = "Små og mellomstore arbeidsplasser arbeider omtrent like ofte med innbyggere."
text.sv = "Små och medelstora arbetsplatser arbetar ungefär lika ofta med invånare."
"""

BREAK = {
    "en": "The question was new.",
    "da": "Spørgsmålet var nyt.",
    "nb": "Spørsmålet var nytt.",
    "sv": "Frågan var ny.",
}
MEANING = {
    "en": "Everyone was asked; the margin is what chance would give.",
    "da": "Alle blev spurgt; marginen er, hvad tilfældet ville give.",
    "nb": "Alle ble spurt; marginen er det tilfeldigheten ville gi.",
    "sv": "Alla tillfrågades; marginalen är vad slumpen skulle ge.",
}
CENSUS_TITLE = {"en": "Census <all>", "da": "Totaltælling <alle>", "nb": "Totaltelling <alle>", "sv": "Total <alla>"}


@cache
def edition() -> Edition:
    """The edition. Its census title has '<' and '>', so that a page that forgets to escape breaks."""
    folder = starter()
    outputs = folder["outputs.toml"] + MORE_OUTPUTS.encode()
    read = read_edition({**folder, "outputs.toml": outputs, "frame.csv": _four_times(folder["frame.csv"])})
    workplaces = read.surveys[0]
    workplaces = replace(workplaces, programme=_with_break(workplaces, "INC_SERV"))
    census = _census(workplaces)
    theme = replace(
        read.themes[0],
        id="census",
        title=CENSUS_TITLE,
        indicators=tuple(one.id for one in census.programme.indicators if one.id != "C_HOURS"),
    )
    return replace(
        read,
        surveys=(workplaces, census),
        themes=(*read.themes, theme),
        headline=(*read.headline, "HOURS", "C_INC_ANY"),
        previous="example-2022",
        series=series(),
    )


def series() -> Series:
    """An earlier edition (alike, but for a break of INC_SERV), a country like ours, and one that asks otherwise."""
    alike = dict.fromkeys(ESSENTIAL, "ours") | {"selection": "sample"}
    words = {
        (name, code): dict.fromkeys(("en", "da", "nb", "sv"), f"{name} {code}")
        for name in (*ESSENTIAL, "selection", GROUPS)
        for code in ("ours", "theirs", "sample", "census")
    }
    everyone = (TOTAL, ALL)
    earlier = {
        ("INC_ANY", *everyone): Point(0.30, 0.25, 0.35, 400),
        ("INC_ANY", "sector", "municipality"): Point(0.40, 0.33, 0.47, 150),
        ("INC_ANY", "sector", "state"): Point(0.50, 0.42, 0.58, 140),
        ("INC_ANY", "size", "1-9"): Point(0.40, 0.33, 0.47, 150),
        ("INC_SERV", *everyone): Point(0.6),
        ("INC_SERV", "sector", "state"): Point(0.7, 0.6, 0.8, 140),
    }
    sector = {"sector": "ours"}
    country = Properties(alike | {"selection": "census"}, groups={"sector": "theirs"})
    elsewhere = {("INC_ANY", *everyone): Point(0.42), ("INC_ANY", "sector", "state"): Point(0.5)}
    others = (
        _other("example-2022", Kin.EDITION, 2022, Properties(alike, groups=sector), earlier),
        _other("alike-2023", Kin.COUNTRY, 2023, country, elsewhere),
        _other("unlike-2023", Kin.COUNTRY, 2023, Properties(alike | {"unit": "theirs"}, groups=sector), {
            ("INC_ANY", *everyone): Point(0.77), ("INC_ANY", "sector", "state"): Point(0.7),
        }),
    )  # fmt: skip
    return Series({"workplaces": Properties(alike, groups=sector)}, words, others)


def _other(name: str, kin: Kin, year: int, properties: Properties, points: dict[tuple[str, str, str], Point]) -> Other:
    label = dict.fromkeys(("en", "da", "nb", "sv"), name.capitalize())
    return Other(name, kin, "workplaces", label, date(year, 12, 31), "Example source", properties, points)


@cache
def release() -> Release:
    """The release of the edition, through every room."""
    return protect(edition(), estimates())


@cache
def site() -> dict[str, bytes]:
    """Every file of its site, in four languages: made once for all tests that walk it. Not to be changed."""
    return publish(release(), edition())


@cache
def estimates() -> Estimates:
    """The estimates behind it, confidential in real life."""
    return join([_estimated(survey, seed) for seed, survey in enumerate(edition().surveys, start=1)])


def _four_times(frame: bytes) -> bytes:
    """A register four times as large, so that more figures can be published."""
    head, *rows = frame.splitlines()
    return b"\n".join([head, *(b"%d-%b" % (copy, row) for copy in range(4) for row in rows)])


def _estimated(survey: Survey, seed: int) -> Estimates:
    drawn = draw_sample(survey, np.random.default_rng(seed))
    answers = _answers(survey, drawn, np.random.default_rng(seed))
    return estimate(survey, drawn, answers, weigh(survey, drawn, answers))


def _answers(survey: Survey, drawn: Sample, rng: np.random.Generator) -> pl.DataFrame:
    """Answers of two thirds of the sample, off-path answers removed."""
    units = drawn.units.filter(pl.Series(rng.random(drawn.units.height) < 0.7))
    columns = answer_columns(survey.instrument)
    state = (units["sector"] == "state").to_numpy()
    frame = pl.DataFrame({"case_id": units["unit_id"], "unit_id": units["unit_id"]})
    made = []
    for question in survey.instrument.questions:
        codes = [choice.code for choice in question.choices]
        names = [name for name in columns if name == question.id or name.startswith(f"{question.id}.")]
        for name in names:
            if columns[name] == pl.Boolean:
                made.append(pl.Series(name, rng.random(units.height) < (0.0 if name.endswith(".none") else 0.4)))
            elif columns[name] == pl.String and codes:
                yes = np.where(state, 0.8, 0.45)
                first = rng.random(units.height) < yes
                other = rng.choice(codes[1:], units.height)
                made.append(pl.Series(name, np.where(first, codes[0], other).tolist()))
            elif columns[name] == pl.Float64:
                made.append(pl.Series(name, np.round(rng.gamma(2.0, 40.0, units.height))))
            else:
                made.append(pl.Series(name, [None] * units.height, dtype=pl.String))
    return answers_on_path(survey.instrument, drawn.units, frame.with_columns(made))


def _with_break(survey: Survey, indicator_id: str) -> object:
    programme = survey.programme
    return replace(
        programme,
        indicators=tuple(
            replace(one, breaks={"example-2022": BREAK}) if one.id == indicator_id else one
            for one in programme.indicators
        ),
    )


def _census(survey: Survey) -> Survey:
    """The same survey asked of all, not weighted; indicators get a 'C_' in front."""
    programme = survey.programme
    indicators = tuple(
        replace(
            one, id=f"C_{one.id}", survey="census", components=tuple(f"C_{part}" for part in one.components), breaks={}
        )
        for one in programme.indicators
    )
    return replace(
        survey,
        id="census",
        title=CENSUS_TITLE,
        design=replace(survey.design, selection=Selection.CENSUS, strata=(), fraction_by="", fractions={}),
        weighting=Weighting(weighted=False, calibration=Calibration.NONE),
        margin_meaning=MEANING,
        programme=replace(
            programme,
            survey="census",
            universes=tuple(replace(one, survey="census") for one in programme.universes),
            indicators=indicators,
            breakdowns=tuple(
                replace(one, survey="census") for one in programme.breakdowns if one.id in ("sector", "size")
            ),
            by={one.id: ("sector", "size") for one in indicators},
        ),
    )
