"""frame.toml: what the registers are, their columns, and which units are left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from barometer.edition._entries import Report
from barometer.edition._fields import Fields
from barometer.edition._names import RESERVED, Names
from barometer.edition._register import read_register
from barometer.expressions import Scope, Type, Variable, to_polars
from barometer.model import Code, Exclusion, Folder, Frame, FrameColumn
from barometer.problems import Place, suggestion

_KEYS = ("file", "unit", "units_plural", "source", "unit_id", "name", "prn", "column", "exclude")
_KINDS = "category|integer|number|text"
CATEGORY = r"[^\s:/,;'\"\\]+"
CATEGORY_EXAMPLE = "'north' or '10-49', without blanks, quotes and the signs : / , ; \\"
_TYPES = {"category": Type.CODE, "integer": Type.NUMBER, "number": Type.NUMBER, "text": Type.TEXT}


@dataclass(frozen=True)
class FrameRead:
    """A frame as far as it could be read: its columns, the names it gives expressions, its units if usable."""

    frame: Frame | None = None
    columns: Mapping[str, FrameColumn] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(unreadable=True))


def read_frames(top: Fields, folder: Folder, used: frozenset[str], report: Report) -> dict[str, FrameRead]:
    """All frames of frame.toml by name; those no survey uses are reported as left over."""
    frames = {}
    for name in top.entries:
        fields = Fields(top.entries[name], top.context, _KEYS)
        frames[name] = _frame(name, fields, folder, report)
        if name not in used:
            report.warning(
                "E017",
                top.place(name),
                f"the frame '{name}'",
                "a survey with this frame",
                "Name it as frame of a survey in edition.toml, or delete it.",
            )
    return frames


def register_scope(columns: Iterable[FrameColumn]) -> Scope:
    """The variables a register has for expressions."""
    return {
        column.name: Variable(column.name, _TYPES[column.kind], tuple(code.code for code in column.categories))
        for column in columns
    }


def _frame(name: str, fields: Fields, folder: Folder, report: Report) -> FrameRead:
    special = {key: fields.string(key, None if key == "unit_id" else "") for key in ("unit_id", "name", "prn")}
    columns, broken = _columns(fields, frozenset(special.values()), report)
    scope = register_scope(column for column in columns.values() if column.name not in broken)
    taken = frozenset(name for name in special.values() if name)
    names = Names(scope, frozenset(broken), taken)
    before = len(report)
    frame = Frame(
        id=name,
        file=fields.string("file"),
        unit=fields.text("unit"),
        units_plural=fields.text("units_plural"),
        source=fields.text("source"),
        columns=tuple(columns.values()),
        exclusions=_exclusions(fields, names, report),
        units=pl.DataFrame(),
        name_column=special["name"],
        prn_column=special["prn"],
    )
    content = folder.get(frame.file)
    if frame.file and content is None:
        report.error(
            "E009",
            fields.place("file"),
            f"the file '{frame.file}'",
            "a file of the edition folder",
            suggestion(frame.file, [path for path in folder if path.endswith((".csv", ".parquet"))]),
        )
    units = None
    if content is not None and special["unit_id"]:
        units = read_register(frame, special["unit_id"], content, frozenset(broken), report)
    if units is not None and not broken and len(report) == before:
        frame = _exclude(replace(frame, units=units), fields.place("exclude"), report)
    return FrameRead(frame, columns, names)


def _columns(fields: Fields, special: frozenset[str], report: Report) -> tuple[dict[str, FrameColumn], set[str]]:
    """Columns by name, and the names of those that are not completely defined."""
    columns: dict[str, FrameColumn] = {}
    broken: set[str] = set()
    for part in fields.tables("column", ("name", "kind", "label", "required", "categories")):
        name = part.string("name", None, r"[a-z][a-z0-9_]*", "'sector'")
        kind = part.string("kind", None, _KINDS, "one of category, integer, number, text")
        categories, whole = read_codes(part, "categories")
        column = FrameColumn(name, kind, part.text("label"), categories, part.boolean("required", True))
        if not name:
            continue
        if name in columns or name in special or name in RESERVED:
            what = "described already" if name in columns else "the id, name or random number of units"
            what = "a column Barometer adds to tables" if name in RESERVED and name not in special else what
            report.error(
                "E011", part.place("name"), f"'{name}', {what}", "a name of its own", "Rename or delete this column."
            )
            continue
        if kind and (kind == "category") != bool(categories) and whole:
            found = "a category without categories" if kind == "category" else f"categories of a column of kind {kind}"
            report.error(
                "E007",
                part.place("categories"),
                found,
                "categories with kind category, and only there",
                "List every code with its label, or change the kind.",
            )
            whole = False
        columns[name] = column
        if not kind or not whole:
            broken.add(name)
    return columns, broken


def read_codes(fields: Fields, key: str) -> tuple[tuple[Code, ...], bool]:
    """Codes with labels, and whether all of them could be read."""
    codes: dict[str, Code] = {}
    whole = True
    for part in fields.tables(key, ("code", "label")):
        code = part.string("code", None, CATEGORY, CATEGORY_EXAMPLE)
        if code and code in codes:
            way_out = "Give one of them another code, or delete it."
            part.context.error("008", part.place("code"), f"'{code}' again", "each code once", way_out)
        whole = whole and bool(code) and code not in codes
        codes[code] = Code(code, part.text("label"))
    return tuple(codes.values()), whole


def _exclusions(fields: Fields, names: Names, report: Report) -> tuple[Exclusion, ...]:
    exclusions = []
    for part in fields.tables("exclude", ("when", "reason")):
        when = names.condition(part.word("when"), report)
        reason = part.text("reason")
        if when is not None:
            exclusions.append(Exclusion(when, reason))
    return tuple(exclusions)


def _exclude(frame: Frame, place: Place, report: Report) -> Frame:
    """The frame without the units its exclusions leave out."""
    units = frame.units
    for exclusion in frame.exclusions:
        units = units.filter(~to_polars(exclusion.when))
    if units.is_empty():
        report.error(
            "F012",
            place if frame.units.height else Place(frame.file),
            f"{frame.units.height} units in the register, none after the exclusions",
            "at least one unit",
            "Check the register and the conditions under exclude.",
        )
    return replace(frame, units=units, excluded=frame.units.height - units.height)
