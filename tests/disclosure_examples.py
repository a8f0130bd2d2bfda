"""Small surveys for tests of disclosure control: definitions in a few lines, estimates counted case by case.

Counting is written here once more, plainly, so that the tests do not lean on the room of estimation.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise, product

import polars as pl

from barometer.expressions import Scope, Type, Variable, condition, parse_condition
from barometer.model import (
    TOTAL,
    AnswerSource,
    Breakdown,
    Category,
    Choice,
    Code,
    Design,
    Edition,
    Frame,
    FrameColumn,
    Indicator,
    Instrument,
    Measure,
    Page,
    Programme,
    Publisher,
    Question,
    QuestionKind,
    Rules,
    Selection,
    Survey,
    Universe,
    Weighting,
)
from barometer.problems import Place
from barometer.tables import CELLS, CONTRASTS, COUNTS, DIAGNOSTICS, LEAVES, RESPONSE, Column, Estimates, UnitCounts

Case = Mapping[str, object]


def edition(
    register: Mapping[str, Sequence[str]],
    questions: Mapping[str, Sequence[str]],
    indicators: Mapping[str, str | tuple[str, ...]],
    breakdowns: Mapping[str, str | tuple[str, str] | Mapping[str, str]],
    *,
    universes: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
    means: Mapping[str, str] | None = None,
    offered: Mapping[tuple[str, str], str] | None = None,
    selection: Selection = Selection.CENSUS,
    rules: Rules | None = None,
    headline: tuple[str, ...] = (),
) -> Edition:
    """An edition of one survey, 'survey'. Questions are single choices. An indicator is a numerator or a tuple of
    components; `about` gives its universe; `means` are indicators that average a register number. A breakdown is a
    column, a crossing or conditions by cell. `offered` says when a choice is offered."""
    variables = {name: Variable(name, Type.CODE, tuple(codes)) for name, codes in {**register, **questions}.items()}
    scope: dict[str, Variable] = dict(variables)
    made_universes = [Universe("all", "survey", {"en": "All"}, {})]
    for name, when in (universes or {}).items():
        made_universes.append(Universe(name, "survey", {"en": name}, {}, _parsed(when, scope)))
        scope[name] = Variable(name, Type.FLAG)
    made = []
    for name, said in indicators.items():
        parts = said if isinstance(said, tuple) else ()
        numerator = None if isinstance(said, tuple) else _parsed(said, scope)
        universe = (about or {}).get(name, "all")
        made.append(Indicator(name, "survey", Measure.SHARE, {}, universe, numerator=numerator, components=parts))
        scope[name] = Variable(name, Type.FLAG)
    made += [
        Indicator(name, "survey", Measure.MEAN, {}, "all", question=column) for name, column in (means or {}).items()
    ]
    made_breakdowns = [_breakdown(name, said, register, scope) for name, said in breakdowns.items()]
    everything = tuple(one.id for one in made_breakdowns)
    asked = tuple(_question(name, codes, scope, offered or {}) for name, codes in questions.items())
    columns = [
        FrameColumn(name, "category", {}, tuple(Code(code, {}) for code in codes)) for name, codes in register.items()
    ]
    survey = Survey(
        id="survey",
        title={},
        instrument=Instrument("survey", "1", {}, ("en",), (Page("page", {"en": "Page"}, asked),)),
        frame=Frame("frame", "", {}, {}, {}, tuple(columns), (), pl.DataFrame()),
        design=Design(selection),
        weighting=Weighting(),
        answers=AnswerSource("imported"),
        programme=Programme(
            "survey",
            tuple(made_universes),
            tuple(made),
            tuple(made_breakdowns),
            dict.fromkeys((one.id for one in made), everything),
        ),
    )
    return Edition(
        id="example",
        country="DK",
        languages=("en",),
        title={},
        subtitle={},
        purpose={},
        definition={},
        period_start=date(2020, 1, 1),
        period_end=date(2020, 12, 31),
        release_at=datetime(2021, 1, 1, tzinfo=UTC),
        publisher=Publisher({}, "", ""),
        seed=1,
        synthetic=True,
        synthetic_note={},
        surveys=(survey,),
        headline=headline,
        themes=(),
        claims=(),
        rules=rules or Rules(minimum_units=3),
        texts={},
    )


def estimates(edition: Edition, cases: Sequence[Case]) -> Estimates:
    """Count everything. A case has 'unit', its register values and answers, and may have 'weight' and numbers."""
    survey = edition.surveys[0]
    programme = survey.programme
    told = [_told(survey, case) for case in cases]
    weights = [float(str(case.get("weight", 1.0))) for case in cases]
    columns = dict.fromkeys(name for one in programme.breakdowns for name in programme.register_columns(one))
    keys = [tuple(case[name] for name in columns) for case in cases]
    leaf_of = {key: place for place, key in enumerate(sorted(set(keys), key=str))}
    leaf = [leaf_of[key] for key in keys]
    domains = {(TOTAL, "all"): [True] * len(cases)}
    for breakdown in programme.breakdowns:
        for category in breakdown.categories:
            domains[breakdown.id, category.code] = [_inside(programme, breakdown, category.code, one) for one in told]
    by_answers = [one.id for one in programme.breakdowns if not programme.register_columns(one)]
    rows, counts = [], []
    for indicator in programme.indicators:
        base = [one[indicator.universe] is True for one in told]
        values = [_value(indicator, one) if inside else 0.0 for one, inside in zip(told, base, strict=True)]
        for (breakdown, cell), inside in domains.items():
            chosen = [place for place in range(len(cases)) if base[place] and inside[place]]
            rows.append(("survey", indicator.id, breakdown, cell, *_figures(indicator, cases, chosen, values, weights)))
        for group, inside in [("", domains[TOTAL, "all"])] + [
            (f"{one}/{cell}", mask) for (one, cell), mask in domains.items() if one in by_answers
        ]:
            chosen = [place for place in range(len(cases)) if base[place] and inside[place]]
            counts += _counts(indicator.id, group, chosen, leaf, values, weights, indicator.measure is Measure.SHARE)
    for universe in programme.universes:
        if universe.condition is not None:
            members = [float(one[universe.id] is True) for one in told]
            everyone = list(range(len(cases)))
            counts += _counts(f"universe:{universe.id}", "", everyone, leaf, members, weights, True)
    leaves = [
        ("survey", number, breakdown, cell)
        for (breakdown, cell), inside in domains.items()
        if breakdown not in by_answers
        for number in sorted({leaf[place] for place in range(len(cases)) if inside[place]})
    ]
    return Estimates(
        cells=_table(rows, CELLS),
        contrasts=_table(_contrasts(rows, programme), CONTRASTS),
        leaves=_table(leaves, LEAVES),
        counts=_table(counts, COUNTS),
        response=_table(
            [("survey", TOTAL, "all", len(cases), len(cases), len({case["unit"] for case in cases}), len(cases))],
            RESPONSE,
        ),
        diagnostics=_table([("survey", "respondents", float(len(cases)))], DIAGNOSTICS),
    )


def unit_counts(edition: Edition, cases: Sequence[Case]) -> UnitCounts:
    """The evidence of `estimates` unit by unit."""
    parts = {
        str(unit): estimates(edition, [one for one in cases if one["unit"] == unit])
        for unit in {one["unit"]: 0 for one in cases}
    }
    tables = []
    for name in ("leaves", "counts"):
        found = [getattr(part, name).with_columns(unit_id=pl.lit(unit)).drop("leaf") for unit, part in parts.items()]
        tables.append(pl.concat(found).select("survey", "unit_id", pl.exclude("survey", "unit_id")))
    return UnitCounts(*tables)


def _parsed(source: str, scope: Scope) -> object:
    return parse_condition(source, scope, Place("example"))


def _breakdown(
    name: str,
    said: str | tuple[str, str] | Mapping[str, str],
    register: Mapping[str, Sequence[str]],
    scope: Scope,
) -> Breakdown:
    if isinstance(said, str):
        return Breakdown(
            name, "survey", {"en": name}, tuple(Category(code, {}) for code in register[said]), column=said
        )
    if isinstance(said, tuple):
        codes = [f"{a}:{b}" for a, b in product(*(register[part] for part in said))]
        return Breakdown(name, "survey", {"en": name}, tuple(Category(code, {}) for code in codes), crossing=said)
    return Breakdown(
        name,
        "survey",
        {"en": name},
        tuple(Category(code, {}, when=_parsed(when, scope)) for code, when in said.items()),
    )


def _question(name: str, codes: Sequence[str], scope: Scope, offered: Mapping[tuple[str, str], str]) -> Question:
    choices = tuple(
        Choice(code, {}, when=_parsed(offered[name, code], scope) if (name, code) in offered else None)
        for code in codes
    )
    return Question(name, QuestionKind.SINGLE, {}, choices=choices)


def _told(survey: Survey, case: Case) -> dict[str, object]:
    told: dict[str, object] = dict(case)
    for universe in survey.programme.universes:
        told[universe.id] = universe.condition is None or condition(universe.condition, told)
    for indicator in survey.programme.indicators:
        if indicator.measure is Measure.SHARE:
            holds = (
                any(told[one] is True for one in indicator.components)
                if indicator.components
                else condition(indicator.numerator, told)
            )
            told[indicator.id] = bool(told[indicator.universe]) and holds
    return told


def _inside(programme: Programme, breakdown: Breakdown, code: str, told: Case) -> bool:
    if breakdown.column:
        return told[breakdown.column] == code
    if breakdown.crossing:
        parts = zip(breakdown.crossing, code.split(":"), strict=True)
        return all(_inside(programme, programme.breakdown(part), one, told) for part, one in parts)
    when = next(category.when for category in breakdown.categories if category.code == code)
    return condition(when, told)


def _value(indicator: Indicator, told: Case) -> float:
    if indicator.measure is Measure.SHARE:
        return float(told[indicator.id] is True)
    return float(str(told[indicator.question]))


def _figures(
    indicator: Indicator, cases: Sequence[Case], chosen: list[int], values: list[float], weights: list[float]
) -> tuple[object, ...]:
    share = indicator.measure is Measure.SHARE
    parts: dict[object, float] = {}
    for place in chosen:
        unit = cases[place]["unit"]
        parts[unit] = parts.get(unit, 0.0) + (1.0 if share else abs(values[place]))
    inside = [place for place in chosen if values[place] or not share]
    outside = [place for place in chosen if not values[place] and share]
    base = sum(weights[place] for place in chosen)
    weighted = sum(weights[place] * values[place] for place in chosen)
    first, second = ([*sorted(parts.values(), reverse=True), 0.0, 0.0])[:2]
    whole = sum(parts.values()) or 1.0
    value = weighted / base if base else None
    margin = (None, None, None) if value is None else (0.02, value - 0.04, value + 0.04)
    units = [len({cases[place]["unit"] for place in places}) for places in (chosen, inside, outside)]
    largest = (first / whole, second / whole) if chosen else (None, None)
    return (value, *margin, 30.0, 1.0, len(chosen), len(inside), *units, *largest, 0, 0, 0, base, weighted, "")


def _counts(
    name: str, group: str, chosen: list[int], leaf: list[int], values: list[float], weights: list[float], share: bool
) -> list[tuple[object, ...]]:
    rows = []
    for number in sorted({leaf[place] for place in chosen}):
        here = [place for place in chosen if leaf[place] == number]
        yes = sum(1 for place in here if values[place]) if share else len(here)
        base = sum(weights[place] for place in here)
        weighted = sum(weights[place] * values[place] for place in here)
        rows.append(("survey", number, name, group, len(here), yes, base, weighted))
    return rows


def _contrasts(rows: list[tuple[object, ...]], programme: Programme) -> list[tuple[object, ...]]:
    made = []
    for indicator in programme.indicators:
        for breakdown in programme.breakdowns:
            mine = [row for row in rows if row[1:3] == (indicator.id, breakdown.id) and row[4] is not None]
            for a, b in pairwise(mine):
                difference = float(str(a[4])) - float(str(b[4]))
                made.append(("survey", indicator.id, breakdown.id, a[3], b[3], difference, 0.03, 30.0, 0.5, 1.0))
    return made


def _table(rows: Sequence[tuple[object, ...]], columns: Sequence[Column]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in columns}, orient="row")
