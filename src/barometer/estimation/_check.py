"""What can be wrong between definitions and data."""

from collections.abc import Iterator, Sequence

from barometer.estimation._questions import NO_QUESTION, given
from barometer.expressions import Expression, to_polars
from barometer.model import Measure, Survey
from barometer.problems import Place, Problem, suggestion

FILE = "indicators.toml"
Uses = tuple[str, str, list[str]]
"""File, field and names a definition uses."""


def check_definitions(survey: Survey, columns: Sequence[str]) -> tuple[Problem, ...]:
    """Every definition that cannot be worked out from a table of these columns (T001 to T003)."""
    programme = survey.programme
    known = {*columns, *(universe.id for universe in programme.universes)}
    known |= {one.id for one in programme.indicators if one.measure is Measure.SHARE}
    return (*_doubles(survey, columns), *_without_measure(survey), *_unknown(_uses(survey, columns), known))


def _doubles(survey: Survey, columns: Sequence[str]) -> Iterator[Problem]:
    names = [one.id for one in survey.programme.universes] + [one.id for one in survey.programme.indicators]
    for name in dict.fromkeys(names):
        if name in columns or names.count(name) > 1:
            yield Problem(
                "T003",
                Place(file=FILE, field=name),
                f"'{name}'",
                "a name no question, register column, universe or other indicator has",
                "Rename it.",
            )


def _without_measure(survey: Survey) -> Iterator[Problem]:
    for indicator in survey.programme.indicators:
        share = indicator.measure is Measure.SHARE
        measured = indicator.numerator or indicator.components if share else indicator.value
        if not measured:
            yield Problem(
                "T002",
                Place(file=FILE, field=indicator.id),
                f"a {indicator.measure.value} without " + ("numerator or components" if share else "value"),
                "a numerator or components for a share, a value for a mean or total",
                "Say what is counted or summed.",
            )


def _uses(survey: Survey, columns: Sequence[str]) -> Iterator[Uses]:
    programme = survey.programme
    for universe in programme.universes:
        yield FILE, universe.id, _names(universe.condition)
    for indicator in programme.indicators:
        share = indicator.measure is Measure.SHARE
        measured = indicator.numerator if share else indicator.value
        names = [*indicator.components] if indicator.components else _names(measured)
        unanswerable = given(survey.measured, columns, indicator.question) is NO_QUESTION
        question = [indicator.question] if indicator.question and unanswerable else []
        yield FILE, indicator.id, [indicator.universe, *names, *question]
    for breakdown in programme.breakdowns:
        conditions = [name for category in breakdown.categories for name in _names(category.when)]
        yield "outputs.toml", breakdown.id, [*filter(None, [breakdown.column]), *conditions]


def _unknown(uses: Iterator[Uses], known: set[str]) -> Iterator[Problem]:
    for file, field, names in uses:
        for name in dict.fromkeys(names):
            if name not in known:
                yield Problem(
                    "T001",
                    Place(file=file, field=field),
                    f"'{name}'",
                    "a question of the answers, a column of the register, or a universe or share defined before",
                    suggestion(name, known),
                )


def _names(expression: Expression | None) -> list[str]:
    return list(to_polars(expression).meta.root_names()) if expression else []
