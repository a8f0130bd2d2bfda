"""What the methods page says of a survey: generated from the edition and the release, so that it is what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf

from barometer.model import ALL, TOTAL, Calibration, Limits, Rules, Selection, Survey
from barometer.publication._cube import Cube, Response
from barometer.publication._language import Language

Rows = list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Facts:
    """Paragraphs and tables of one survey in one language."""

    population: list[str]
    questionnaire: str
    design: list[str]
    response_columns: list[str]  # message keys
    response: list[tuple[str, Rows]]  # heading ('' of the total), rows
    response_hidden: bool
    weighting: list[str]
    diagnostics: list[tuple[str, str]]
    precision: list[str]


def facts(cube: Cube, survey: Survey, language: Language) -> Facts:
    rows = cube.response.get(survey.id, ())
    return Facts(
        _population(survey, language),
        language.say(
            "methods.questionnaire_text",
            title=language.text(survey.instrument.title),
            version=survey.instrument.version,
            count=language.number(len(survey.instrument.questions)),
        ),
        _design(cube, survey, language),
        _response_columns(survey),
        _response(survey, rows, language),
        any(None in (row.frame, row.sampled, row.responded, row.cases) for row in rows),
        _weighting(survey, language),
        _diagnostics(cube, survey, language),
        _precision(cube, survey, language),
    )


def answered(cube: Cube, survey: Survey, language: Language) -> str:
    """How many were asked and have answered, in a sentence."""
    total = cube.total_response(survey.id)
    if total is None:
        return language.text(survey.title)
    kind = {Selection.STRATIFIED: "sample", Selection.CENSUS: "census", Selection.REPORTED: "reported"}
    return language.say(
        f"answered.{kind[survey.design.selection]}",
        survey=language.text(survey.title),
        units=language.text(survey.frame.units_plural),
        frame=_count(language, total.frame),
        sampled=_count(language, total.sampled),
        responded=_count(language, total.responded),
        cases=_count(language, total.cases),
        rate=_rate(language, total),
    )


def disclosure(cube: Cube, language: Language) -> list[str]:
    """The rules a figure must meet, and what the audit found."""
    audit = cube.release.audit
    said = _rules(cube.edition.rules, language)
    for survey_id, own in cube.edition.stricter.items():
        survey = language.text(cube.edition.survey(survey_id).title)
        said += [language.say("methods.stricter", survey=survey), *_rules(own, language)]
    counts = {
        name: language.number(getattr(audit, name))
        for name in ("cells", "published", "hidden", "empty", "needs", "met")
    }
    return [*said, language.say("methods.secondary"), language.say("methods.audit", **counts)]


def _rules(rules: Rules, language: Language) -> list[str]:
    units, few = language.number(rules.minimum_units), max(rules.almost_all, rules.coalition)
    said = [language.say("methods.rules", units=units, dominance=language.percent(rules.dominance))]
    if rules.census_units > rules.minimum_units:
        said.append(language.say("methods.census_units", units=language.number(rules.census_units)))
    return [*said, language.count_of("methods.extremes", few)]


def _population(survey: Survey, language: Language) -> list[str]:
    frame = survey.frame
    said = [
        language.say(
            "methods.unit",
            unit=language.text(frame.unit),
            units=language.text(frame.units_plural),
            count=language.number(frame.units.height),
            source=language.text(frame.source).rstrip("."),
        )
    ]
    if not frame.exclusions:
        return said
    if not frame.excluded:
        return [*said, language.say("methods.excluded_none")]
    return [*said, language.count_of("methods.excluded", frame.excluded)]


def _design(cube: Cube, survey: Survey, language: Language) -> list[str]:
    units = language.text(survey.frame.units_plural)
    if survey.design.selection is not Selection.STRATIFIED:
        return [language.say(f"methods.{survey.design.selection.value}", units=units)]
    strata = language.listing(_column_label(survey, name, language) for name in survey.design.strata)
    said = [language.say("methods.stratified", strata=strata)]
    total = cube.total_response(survey.id)
    if total is not None:
        sampled, frame = _count(language, total.sampled), _count(language, total.frame)
        said.append(language.say("methods.sample_size", sampled=sampled, frame=frame, units=units))
    if survey.design.fraction_by:
        by = _column_label(survey, survey.design.fraction_by, language)
        said.append(language.say("methods.fractions", column=by))
    return said


def _response_columns(survey: Survey) -> list[str]:
    if survey.design.selection is Selection.REPORTED:
        return ["methods.answered", "methods.cases"]
    return ["methods.in_register", "methods.asked", "methods.answered", "methods.rate"]


def _response(survey: Survey, rows: Iterable[Response], language: Language) -> list[tuple[str, Rows]]:
    """One body of the table a breakdown, in the order of the edition; everyone first."""
    programme = survey.programme
    order = {TOTAL: ("", {ALL: language.say("methods.everyone")})} | {
        breakdown.id: (
            language.text(breakdown.label),
            {category.code: language.text(category.label) for category in breakdown.categories},
        )
        for breakdown in programme.breakdowns
    }
    grouped: dict[str, Rows] = {}
    for row in rows:
        if row.frame == 0:  # a crossing that the register does not have
            continue
        label = order[row.breakdown][1].get(row.cell, row.cell) if row.breakdown in order else row.cell
        grouped.setdefault(row.breakdown, []).append((label, _response_numbers(survey, row, language)))
    return [(heading, grouped[breakdown]) for breakdown, (heading, _) in order.items() if breakdown in grouped]


def _response_numbers(survey: Survey, row: Response, language: Language) -> list[str]:
    if survey.design.selection is Selection.REPORTED:
        return [_count(language, row.responded), _count(language, row.cases)]
    counts = [_count(language, count) for count in (row.frame, row.sampled, row.responded)]
    return [*counts, _rate(language, row)]


def _weighting(survey: Survey, language: Language) -> list[str]:
    weighting = survey.weighting
    if not weighting.weighted:
        return [language.say("note.not_weighted")]
    said = [
        language.say("note.weighted", units=language.text(survey.frame.units_plural)),
        language.say("methods.base_weights"),
    ]
    if weighting.response_classes:
        classes = language.listing(_column_label(survey, name, language) for name in weighting.response_classes)
        said.append(language.say("methods.nonresponse", classes=classes))
    if weighting.propensity:
        classes = language.listing(_column_label(survey, name, language) for name in weighting.propensity)
        said.append(language.say("methods.propensity", classes=classes))
    if weighting.calibration is not Calibration.NONE:
        margins = language.listing(_margin_label(survey, margin.columns, language) for margin in weighting.margins)
        said.append(language.say(f"methods.{weighting.calibration.value}", margins=margins))
        if weighting.lower > 0 or weighting.upper < float("inf"):
            low, high = language.number(weighting.lower, 1), language.number(weighting.upper, 1)
            said.append(language.say("methods.bounds", low=low, high=high))
    return said


def _diagnostics(cube: Cube, survey: Survey, language: Language) -> list[tuple[str, str]]:
    """Diagnostics with a name in the catalogue; whole numbers as such, the rest with as many decimals as they need."""
    if not survey.weighting.weighted:
        return []
    return [
        (language.say(f"diagnostic.{name}"), _figure(language, value))
        for name, value in cube.diagnostics.get(survey.id, {}).items()
        if f"diagnostic.{name}" in language.messages and value is not None
    ]


def _precision(cube: Cube, survey: Survey, language: Language) -> list[str]:
    confidence, precision = language.percent(1 - cube.edition.rules.level), cube.edition.precision
    meaning = language.text(survey.margin_meaning) or language.say("index.interval_meaning", confidence=confidence)
    said = [language.say("methods.precision_text", confidence=confidence)]
    for key, limits in (("methods.flagged", precision.flag), ("methods.not_shown", precision.hide)):
        if words := _limits(limits, language):
            said.append(language.say(key, limits="; ".join(words)))
    return [*said, meaning]


def _limits(limits: Limits, language: Language) -> list[str]:
    """What a figure must not be, in words; limits that ask for nothing are left out."""
    said = [
        language.say(f"limit.{name}", number=language.number(100 * number))
        for name, number in (("margin", limits.margin), ("cv", limits.cv))
        if not isinf(number)
    ]
    counts = (("n", limits.n), ("effective_n", limits.effective_n), ("df", limits.df))
    return said + [language.say(f"limit.{name}", number=language.number(number)) for name, number in counts if number]


def _margin_label(survey: Survey, columns: tuple[str, ...], language: Language) -> str:
    labels = [_column_label(survey, name, language) for name in columns]
    crossed = labels[0]
    for label in labels[1:]:
        crossed = language.say("methods.crossed", first=crossed, second=label)
    return crossed


def _column_label(survey: Survey, name: str, language: Language) -> str:
    """A register column's name inside a sentence; '' when `name` is."""
    return language.text(survey.frame.column(name).label).lower() if name else ""


def _count(language: Language, count: int | None) -> str:
    return ":" if count is None else language.number(count)


def _rate(language: Language, row: Response) -> str:
    if row.responded is None or not row.sampled:
        return ":"
    return language.percent(row.responded / row.sampled)


def _figure(language: Language, value: float) -> str:
    if value == int(value):
        return language.number(value)
    return language.number(value, 2) if abs(value) >= 0.01 else f"{value:.0e}".replace("e-0", "e-")
