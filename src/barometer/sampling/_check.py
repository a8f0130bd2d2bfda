"""What can be wrong with a design, found before anything is drawn."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from barometer.model import Selection, Survey
from barometer.problems import Place, Problem, Severity, suggestion
from barometer.sampling._design_allocation import allocation_problems
from barometer.sampling._select import start_problems
from barometer.sampling._strata import census_problems, everyone_asked
from barometer.tables import SAMPLE


def check_design(survey: Survey) -> tuple[Problem, ...]:
    """Every problem of the design and its frame; those that do not keep the sample from being drawn are warnings."""
    problems = [*_frame_problems(survey), *_column_problems(survey)]
    if not problems:
        problems = [*_blank_problems(survey), *_empty_categories(survey)]
        if survey.design.selection is Selection.STRATIFIED:
            if survey.design.allocation is None:
                census = [
                    replace(one, place=_place(survey, "census"))
                    for one in census_problems(survey.design, survey.frame.units)
                ]
                problems += [*_fraction_problems(survey), *census]
                problems += [] if census else _size_problems(survey)
            elif not any(problem.severity is Severity.ERROR for problem in problems):
                problems += allocation_problems(survey)
            problems += [replace(one, place=_place(survey, "start")) for one in start_problems(survey.design.start)]
    return tuple(problems)


def _frame_problems(survey: Survey) -> Iterator[Problem]:
    frame = survey.frame
    place = Place(file=frame.file)
    if frame.units.is_empty():
        yield Problem(
            "S001",
            place,
            f"0 units, {frame.excluded} excluded",
            "at least one unit",
            "Check the exclusions of this frame in frame.toml, or hand in a register that is not empty.",
        )
    double = frame.units.filter(pl.col("unit_id").is_duplicated())["unit_id"].unique().sort()
    if len(double):
        yield Problem(
            "S002",
            place,
            f"{len(double)} ids used more than once, such as {_some(double)}",
            "one row a unit",
            "Remove the double rows from the register, or give the units different ids.",
        )
    own = {column.name for column in SAMPLE} - {"unit_id"}
    for name in frame.units.columns:
        if name in own and name != frame.prn_column:
            yield Problem(
                "S003",
                Place(file=frame.file, column=name),
                f"a column called '{name}'",
                f"register columns with other names than {', '.join(sorted(own))}",
                "Rename the column in the register and in frame.toml.",
            )
    if frame.prn_column in frame.units.columns:
        numbers = frame.units[frame.prn_column].cast(pl.Float64)
        outside = frame.units.filter(~numbers.is_between(0, 1, closed="left"))["unit_id"]
        if len(outside):
            yield Problem(
                "S011",
                Place(file=frame.file, column=frame.prn_column),
                f"{len(outside)} units, such as {_some(outside)}",
                "numbers from 0 up to, but not including, 1; or blanks",
                "Correct the numbers, or leave them blank to have new ones drawn.",
            )


def _column_problems(survey: Survey) -> Iterator[Problem]:
    columns = survey.frame.units.columns
    asked = [("strata", name) for name in survey.design.strata]
    if survey.frame.prn_column:
        asked.append(("prn", survey.frame.prn_column))
    for field, name in asked:
        if name not in columns:
            yield Problem(
                "S004",
                _place(survey, field),
                f"'{name}'",
                "a column of the frame",
                suggestion(name, columns),
            )


def _blank_problems(survey: Survey) -> Iterator[Problem]:
    for name in survey.design.strata:
        blank = survey.frame.units.filter(pl.col(name).is_null())["unit_id"]
        if len(blank):
            yield Problem(
                "S005",
                Place(file=survey.frame.file, column=name),
                f"{len(blank)} units with a blank, such as {_some(blank)}",
                "a category for every unit",
                "Fill in the register, exclude the units in frame.toml, or take the column out of the strata.",
            )


def _empty_categories(survey: Survey) -> Iterator[Problem]:
    for name in survey.design.strata:
        present = set(survey.frame.units[name].cast(pl.String))
        for category in survey.frame.column(name).categories:
            if category.code not in present:
                yield Problem(
                    "S006",
                    _place(survey, "strata"),
                    f"no unit has {name} '{category.code}'",
                    "units in every category of a stratum column",
                    "Check the register's codes, or take the category out of frame.toml.",
                    Severity.WARNING,
                )


def _fraction_problems(survey: Survey) -> Iterator[Problem]:
    """Sampling fractions that are missing, belong to nothing, or are no fractions (S007)."""

    def wrong(field: str, found: str, expected: str, way_out: str) -> Problem:
        return Problem("S007", _place(survey, field), found, expected, way_out)

    design = survey.design
    if not design.fraction_by:
        if design.fractions or design.sample_size is None:
            found = "no column to give fractions by" + ("" if design.fractions else ", and no sample_size")
            expected = "fraction_by with fractions, or a sample_size to spread in proportion to the strata"
            way_out = "Name one of the strata in fraction_by, or give a sample_size without fractions."
            yield wrong("fraction_by", found, expected, way_out)
        return
    if design.fraction_by not in design.strata:
        way_out = suggestion(design.fraction_by, design.strata)
        yield wrong("fraction_by", f"'{design.fraction_by}'", "one of the strata", way_out)
        return
    present = sorted(set(survey.frame.units[design.fraction_by].cast(pl.String).drop_nulls()))
    declared = {category.code for category in survey.frame.column(design.fraction_by).categories}
    for category in present:
        if category not in design.fractions:
            expected = f"a fraction for every category of {design.fraction_by} that has units"
            yield wrong("fractions", f"no fraction for '{category}'", expected, f"Add '{category}' to the fractions.")
    for category, fraction in design.fractions.items():
        if category not in declared and category not in present:
            way_out = suggestion(category, {*declared, *present})
            yield wrong("fractions", f"'{category}'", f"a category of {design.fraction_by}", way_out)
        if not 0 < fraction <= 1:
            way_out = "Give the share of units to ask, such as 0.25 for one in four."
            yield wrong("fractions", f"{fraction:g} for '{category}'", "a number above 0 and at most 1", way_out)


def _size_problems(survey: Survey) -> Iterator[Problem]:
    design, units, minimum = survey.design, survey.frame.units, survey.design.minimum_per_stratum
    if minimum < 1:
        yield Problem(
            "S010",
            _place(survey, "minimum_per_stratum"),
            f"{minimum}",
            "1 or more; 2 or more for margins of error",
            "Set minimum_per_stratum to 2.",
        )
    if design.sample_size is None:
        return
    if design.sample_size > units.height:
        yield Problem(
            "S008",
            _place(survey, "sample_size"),
            f"{design.sample_size} of {units.height} units",
            f"at most {units.height}",
            'Lower sample_size, or ask everyone with selection = "census".',
        )
    population = pl.DataFrame({"len": [units.height]})
    if design.strata:
        population = units.group_by(list(design.strata)).len()
    lowest = pl.when(everyone_asked(design)).then("len").otherwise(pl.col("len").clip(upper_bound=minimum))
    least = int(population.select(lowest.sum()).item())
    if design.sample_size < least:
        yield Problem(
            "S009",
            _place(survey, "sample_size"),
            f"{design.sample_size} units for {population.height} strata",
            f"at least {least}: {minimum} units in each stratum, or all it has; everyone where 'census' says so",
            "Raise sample_size, lower minimum_per_stratum, or use fewer stratum columns.",
        )


def _place(survey: Survey, field: str) -> Place:
    file = "frame.toml" if field == "prn" else "design.toml"
    section = survey.frame.id if field == "prn" else survey.id
    return Place(file=file, field=f"{section}.{field}")


def _some(ids: pl.Series) -> str:
    return ", ".join(f"'{unit}'" for unit in ids.head(3))
