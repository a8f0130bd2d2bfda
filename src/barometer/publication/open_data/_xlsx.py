"""Excel workbooks: a table, or all of a release, each with a sheet of notes. No formulas, the same bytes each time."""

from collections.abc import Sequence

import polars as pl

from barometer.model import Language
from barometer.publication._language import language as catalogue
from barometer.publication.open_data._cube import INDICATOR, MEASURE, DataCube, is_count, say, wide
from barometer.publication.open_data._workbook import Sheet, workbook

LONGEST_SHEET = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_xlsx(cube: DataCube, language: Language) -> bytes:
    """The table on one sheet, on another what readers must know about it."""
    one = catalogue(language)
    notes = notes_sheet((cube,), language)
    return workbook({one.say("cube.sheet_table"): _table(cube, language), one.say("cube.sheet_notes"): notes})


def write_release_xlsx(cubes: Sequence[DataCube], language: Language) -> bytes:
    """All tables of a release, a sheet each, behind a sheet that lists them and their notes."""
    one = catalogue(language)
    sheets: dict[str, pl.DataFrame | Sheet] = {one.say("cube.sheet_notes"): notes_sheet(cubes, language)}
    for cube in cubes:
        sheets[_name(cube.id, set(sheets))] = _table(cube, language)
    return workbook(sheets)


def _table(cube: DataCube, language: Language) -> Sheet:
    measures = cube.dimension(MEASURE).categories
    table = wide(cube, (language,)).drop("edition", "synthetic")
    codes = [dimension.id for dimension in cube.dimensions if dimension.role != MEASURE]
    labels = [f"{name}_label" for name in codes]
    table = table.select(*labels, *(measure.code for measure in measures), "status", "quality", *codes)
    heads = {f"{one.id}_label": say(one.label, language) for one in cube.dimensions if one.role != MEASURE}
    for measure in measures:
        heads[measure.code] = f"{say(measure.label, language)} ({say(measure.unit, language)})"
    heads |= dict.fromkeys(("status", "quality"), catalogue(language).say("data.marks"))
    heads |= {name: catalogue(language).say("cube.code_of", name=heads[f"{name}_label"]) for name in codes}
    title = [say(cube.title, language), say(cube.source, language)]
    return Sheet(
        table,
        title=tuple(title + ([say(cube.notes[0], language)] if cube.synthetic else [])),
        heads=heads,
        styles={one.code: "count" if is_count(one) else "one" for one in measures} | dict.fromkeys(codes, "faint"),
        widths={
            **dict.fromkeys(labels, 28.0),
            labels[0]: 60.0,
            **{one.code: 16.0 for one in measures},
            "status": 10.0,
            "quality": 10.0,
            **dict.fromkeys(codes, 22.0),
        },
    )


def notes_sheet(cubes: Sequence[DataCube], language: Language) -> Sheet:
    """What holds for all tables, then the tables, marks and figures one by one."""
    one, first = catalogue(language), cubes[0]
    rows: list[tuple[str, str]] = [
        (one.say("cube.source"), say(first.source, language)),
        (one.say("cube.licence"), first.licence),
        (one.say("cube.contact"), first.contact),
        (one.say("cube.updated"), one.date(first.updated.date())),
        (one.say("column.edition"), first.edition),
    ]
    legend = {mark: say(words, language) for cube in cubes for mark, words in cube.legend.items()}
    rows += [(mark, words) for mark, words in sorted(legend.items())]
    for cube in cubes:
        rows.append((cube.id, say(cube.title, language)))
        rows += [("", say(note, language)) for note in cube.notes]
    figures: dict[str, str] = {}
    for cube in cubes:
        for category in cube.dimension(INDICATOR).categories:
            words = [say(category.label, language) + ".", *(say(note, language) for note in category.notes)]
            figures.setdefault(category.code, " ".join(words))
    rows += list(figures.items())
    table = pl.DataFrame({"a": [row[0] for row in rows], "b": [row[1] for row in rows]})
    title = (say(first.source, language) if len(cubes) > 1 else say(first.title, language),)
    heads = {"a": one.say("cube.about"), "b": one.say("data.meaning")}
    return Sheet(table, title, heads, {"a": "prose", "b": "prose"}, {"a": 34.0, "b": 110.0})


def _name(identity: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 characters, none of those Excel refuses, none twice."""
    plain = identity.translate(_FORBIDDEN)[:LONGEST_SHEET]
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain[: LONGEST_SHEET - len(str(number)) - 1]} {number}"
    return name
