"""The quality report: the dimensions of the European Statistical System (SIMS 2.0), told from edition and release.

Source: Eurostat, European Statistical System Handbook for Quality and Metadata Reports (2020).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from barometer.model import TOTAL, Indicator, Measure, Survey
from barometer.publication._cube import EMPTY, HIDDEN, UNCERTAIN, Cell, Cube
from barometer.publication._language import Language
from barometer.publication._methods import answered, disclosure
from barometer.publication._note import break_words, edition_name
from barometer.questionnaire import minutes_told

DAYS_A_MONTH = 365.25 / 12
MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Table:
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """One dimension of quality: what is said of it, and the figures behind that."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...] = ()


def quality(cube: Cube, one: Language) -> tuple[Section, ...]:
    """The whole report, in the order of the handbook."""
    parts: Sequence[tuple[str, list[str], list[Table]]] = (
        ("relevance", _relevance(cube, one), []),
        ("accuracy", _accuracy(cube, one), [_margins(cube, survey, one) for survey in cube.edition.surveys]),
        ("timeliness", _timeliness(cube, one), []),
        ("comparability", _comparability(cube, one), []),
        ("coherence", [one.say("quality.coherence_text")], []),
        ("accessibility", _accessibility(cube, one), []),
        ("burden", _burden(cube, one), []),
        ("confidentiality", disclosure(cube, one), []),
        ("revision", _revision(cube, one), []),
    )
    return tuple(Section(name, one.say(f"quality.{name}"), tuple(said), tuple(tables)) for name, said, tables in parts)


def _relevance(cube: Cube, one: Language) -> list[str]:
    edition = cube.edition
    counts = one.say(
        "quality.content",
        indicators=one.number(len(edition.indicators)),
        breakdowns=one.number(sum(len(survey.programme.breakdowns) for survey in edition.surveys)),
    )
    return [one.text(edition.purpose), one.text(edition.definition), counts]


def _accuracy(cube: Cube, one: Language) -> list[str]:
    """Coverage, non-response of units and items, measurement, and what margins hold and do not hold."""
    said = []
    for survey in cube.edition.surveys:
        said.append(answered(cube, survey, one))
        if survey.frame.excluded:
            reasons = "; ".join(one.text(exclusion.reason) for exclusion in survey.frame.exclusions)
            said.append(f"{one.count_of('methods.excluded', survey.frame.excluded)} {reasons}.")
        said += _item_response(cube, survey, one)
    return [*said, one.say("quality.sampling"), one.say("quality.other_errors")]


def _item_response(cube: Cube, survey: Survey, one: Language) -> list[str]:
    """Don't know and no answer among those who got the question: the median indicator and the worst one."""
    shares = {
        name: [
            (part / (cell.n + (cell.n_missing or 0)), indicator)
            for indicator in survey.programme.indicators
            for cell in [cube.total(indicator.id)]
            for part in [getattr(cell, name)]
            if part is not None and cell.n
        ]
        for name in ("n_dont_know", "n_missing")
    }
    said = []
    for name, found in shares.items():
        if not found:
            continue
        worst, indicator = max(found, key=lambda each: each[0])
        if not worst:
            continue
        said.append(
            one.say(
                f"quality.{name}",
                survey=one.text(survey.title),
                median=one.percent(median(share for share, _ in found), 1),
                worst=one.percent(worst, 1),
                indicator=one.text(indicator.label),
            )
        )
    return said


def _margins(cube: Cube, survey: Survey, one: Language) -> Table:
    """How wide the intervals are, by breakdown: shares only, half the interval in percentage points."""
    rows = []
    for breakdown, label in _breakdowns(survey, one):
        cells = list(_cells(cube, survey, breakdown))
        if not cells:  # merged categories stand in its place
            continue
        halves = [_half(cell) for cell in cells if cell.ci_low is not None and cell.ci_high is not None]
        rows.append(
            (
                label,
                one.number(sum(not cell.status for cell in cells)),
                one.number(sum(cell.status == HIDDEN for cell in cells)),
                one.number(sum(cell.quality == UNCERTAIN for cell in cells)),
                one.number(100 * median(halves), 1) if halves else ".",
                one.number(100 * max(halves), 1) if halves else ".",
            )
        )
    head = ("methods.group", "quality.published", "quality.hidden", "quality.uncertain", "quality.median_margin",
            "quality.largest_margin")  # fmt: skip
    caption = one.say("quality.margins", survey=one.text(survey.title), confidence=_confidence(cube, one))
    return Table(caption, tuple(one.say(key) for key in head), tuple(rows))


def _breakdowns(survey: Survey, one: Language) -> Iterable[tuple[str, str]]:
    yield TOTAL, one.say("methods.everyone")
    for breakdown in survey.programme.breakdowns:
        label = one.text(breakdown.label)
        yield breakdown.id, one.say("cube.merged", by=label) if breakdown.merges else label


def _cells(cube: Cube, survey: Survey, breakdown: str) -> Iterable[Cell]:
    for indicator in survey.programme.indicators:
        if indicator.measure is Measure.SHARE:
            yield from (cell for cell in cube.cells.get((indicator.id, breakdown), {}).values() if cell.status != EMPTY)


def _half(cell: Cell) -> float:
    assert cell.ci_low is not None and cell.ci_high is not None
    return (cell.ci_high - cell.ci_low) / 2


def _timeliness(cube: Cube, one: Language) -> list[str]:
    edition = cube.edition
    months = (edition.release_at.date() - edition.period_end).days / DAYS_A_MONTH
    return [
        one.count_of(
            "quality.timeliness_text",
            int(months + 0.5),
            end=one.date(edition.period_end),
            released=one.date(edition.release_at.date()),
        ),
        one.say("quality.punctuality"),
    ]


def _comparability(cube: Cube, one: Language) -> list[str]:
    edition = cube.edition
    previous = edition_name(edition.series, edition.previous, one)
    said = [one.say("quality.over_time", edition=previous) if previous else one.say("quality.first")]
    broken: list[Indicator] = [indicator for indicator in edition.indicators if indicator.breaks]
    said += [
        f"{one.text(indicator.label)}: {break_words(edition.series, earlier, reason, one)}"
        for indicator in broken
        for earlier, reason in indicator.breaks.items()
    ]
    return [*said, one.say("quality.other_countries")]


def _accessibility(cube: Cube, one: Language) -> list[str]:
    return [
        one.say("quality.accessibility_text", languages=one.number(len(cube.edition.languages))),
        one.say("quality.microdata"),
    ]


def _burden(cube: Cube, one: Language) -> list[str]:
    """Minutes a questionnaire, and hours in all, from the estimate respondents are told."""
    said = []
    for survey in cube.edition.surveys:
        total = cube.total_response(survey.id)
        minutes = minutes_told(survey.instrument)
        cases = total.cases if total is not None else None
        said.append(
            one.say(
                "quality.burden_text",
                survey=one.text(survey.title),
                minutes=one.number(minutes),
                cases=":" if cases is None else one.number(cases),
                hours=":" if cases is None else one.number(cases * minutes / MINUTES_AN_HOUR),
            )
        )
    return said


def _revision(cube: Cube, one: Language) -> list[str]:
    corrected = len(cube.edition.corrections)
    told = one.count_of("quality.corrected", corrected) if corrected else one.say("quality.not_corrected")
    return [one.say("quality.revision_text"), told]


def _confidence(cube: Cube, one: Language) -> str:
    return one.percent(1 - cube.edition.rules.level)
