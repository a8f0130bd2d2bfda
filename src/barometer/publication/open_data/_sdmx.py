"""SDMX: tables as SDMX-CSV 2.0, and one SDMX-ML 3.0 message with the structures of all of them."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import polars as pl

from barometer.model import Measure, Text
from barometer.publication.open_data._cube import (
    BREAK,
    EMPTY,
    HIDDEN,
    MEASURE,
    PERIOD,
    Category,
    DataCube,
    Dimension,
    is_count,
    say,
)

VERSION = "1.0"
_MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"
_STRUCTURE = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure"
_COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_URN = "urn:sdmx:org.sdmx.infomodel"
OBS_STATUS = {
    "A": "Normal value",
    "B": "Time series break",
    "M": "Missing value; data cannot exist",
    "O": "Missing value",
    "Q": "Missing value; suppressed",
    "U": "Low reliability",
}
"""Codes of SDMX's cross-domain code list CL_OBS_STATUS that occur here."""
CONF_STATUS = {"F": "Free (free for publication)", "C": "Confidential statistical information"}
_MARKS = {HIDDEN: "Q", EMPTY: "M", BREAK: "B", "u": "U", "q": "Q"}
CONCEPTS = {
    "INDICATOR": "Indicator",
    "MEASURE": "Measure",
    "TIME_PERIOD": "Time period",
    "OBS_VALUE": "Observation value",
    "OBS_STATUS": "Observation status",
    "CONF_STATUS": "Confidentiality status",
    "UNIT_MEASURE": "Unit of measure",
}


def sdmx_id(code: str) -> str:
    """`code` in the letters SDMX takes (A-Z, a-z, 0-9, _, @, $, -): ':' as '@', and what else is not among them as
    '$' and two hexadecimal digits for each byte of UTF-8. Different codes stay different."""

    def letter(one: str) -> str:
        if one.isascii() and (one.isalnum() or one in "_-"):
            return one
        return "@" if one == ":" else "".join(f"${byte:02X}" for byte in one.encode())

    return "".join(map(letter, code))


def write_sdmx_csv(cube: DataCube) -> bytes:
    """One row an observation, under its dataflow; dates of the period as SDMX writes ranges of time."""
    names = [_component(dimension) for dimension in cube.dimensions]
    codes = [_codes(cube, dimension) for dimension in cube.dimensions]
    keys = list(product(*codes))
    columns: dict[str, pl.Series] = {
        "STRUCTURE": pl.Series(["dataflow"] * len(keys)),
        "STRUCTURE_ID": pl.Series([f"{cube.agency}:{flow(cube)}({VERSION})"] * len(keys)),
        "ACTION": pl.Series(["I"] * len(keys)),
    }
    for place, name in enumerate(names):
        columns[name] = pl.Series([key[place] for key in keys], dtype=pl.String)
    units = [_unit(cube, one) for one in cube.dimension(MEASURE).categories]
    columns["OBS_VALUE"] = pl.Series(list(cube.values), dtype=pl.Float64)
    columns["OBS_STATUS"] = pl.Series(
        [status(value, mark) for value, mark in zip(cube.values, cube.marks, strict=True)]
    )
    columns["CONF_STATUS"] = pl.Series(["C" if mark == HIDDEN else "F" for mark in cube.marks])
    columns["UNIT_MEASURE"] = pl.Series(units * (len(keys) // len(units)))
    return pl.DataFrame(columns).write_csv().encode()


def status(value: float | None, mark: str) -> str:
    """The code of CL_OBS_STATUS for a cell."""
    return _MARKS.get(mark, "A" if value is not None else "O")


def flow(cube: DataCube) -> str:
    """Id of the table's dataflow."""
    return sdmx_id(cube.id)


def write_sdmx_structure(cubes: Sequence[DataCube]) -> bytes:
    """Code lists, concepts, a data structure and a dataflow for each table, with names in every language."""
    agency = cubes[0].agency
    for prefix, address in (("mes", _MESSAGE), ("str", _STRUCTURE), ("com", _COMMON)):
        ElementTree.register_namespace(prefix, address)
    root = Element(f"{{{_MESSAGE}}}Structure")
    head = SubElement(root, f"{{{_MESSAGE}}}Header")
    SubElement(head, f"{{{_MESSAGE}}}ID").text = sdmx_id(cubes[0].edition)
    SubElement(head, f"{{{_MESSAGE}}}Test").text = "true" if cubes[0].synthetic else "false"
    SubElement(head, f"{{{_MESSAGE}}}Prepared").text = cubes[0].updated.isoformat()
    SubElement(head, f"{{{_MESSAGE}}}Sender", id=agency)
    structures = SubElement(root, f"{{{_MESSAGE}}}Structures")
    _code_lists(_part(structures, "Codelists"), cubes)
    _concepts(_part(structures, "ConceptSchemes"), cubes)
    own = _part(structures, "DataStructures")
    for cube in cubes:
        _data_structure(own, cube)
    flows = _part(structures, "Dataflows")
    for cube in cubes:
        one = _maintained(flows, "Dataflow", flow(cube), agency, cube.title)
        _part(one, "Structure").text = f"{_URN}.datastructure.DataStructure={agency}:{flow(cube)}({VERSION})"
    ElementTree.indent(root, " ")
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _code_lists(parent: Element, cubes: Sequence[DataCube]) -> None:
    agency = cubes[0].agency
    lists: dict[str, tuple[Text, dict[str, Text]]] = {}
    for cube in cubes:
        for dimension in cube.dimensions:
            if dimension.role != PERIOD:
                _, codes = lists.setdefault(_list(cube, dimension), (dimension.label, {}))
                for code, category in zip(_codes(cube, dimension), dimension.categories, strict=True):
                    codes.setdefault(code, category.label)
        for measure in cube.dimension(MEASURE).categories:
            _, codes = lists.setdefault("CL_UNIT_MEASURE", ({"en": CONCEPTS["UNIT_MEASURE"]}, {}))
            codes.setdefault(_unit(cube, measure), measure.unit)
    lists["CL_OBS_STATUS"] = ({"en": CONCEPTS["OBS_STATUS"]}, {code: {"en": name} for code, name in OBS_STATUS.items()})
    lists["CL_CONF_STATUS"] = (
        {"en": CONCEPTS["CONF_STATUS"]},
        {code: {"en": name} for code, name in CONF_STATUS.items()},
    )
    for name, (label, codes) in sorted(lists.items()):
        one = _maintained(parent, "Codelist", name, agency, label)
        for code, words in codes.items():
            _named(SubElement(one, f"{{{_STRUCTURE}}}Code", id=code), words, code)


def _concepts(parent: Element, cubes: Sequence[DataCube]) -> None:
    scheme = _maintained(parent, "ConceptScheme", "CONCEPTS", cubes[0].agency, {"en": "Concepts"})
    named: dict[str, Text] = {name: {"en": label} for name, label in CONCEPTS.items()}
    for cube in cubes:
        for dimension in cube.dimensions:
            if dimension.role == "group":
                named.setdefault(_component(dimension), dimension.label)
    for name, label in named.items():
        _named(SubElement(scheme, f"{{{_STRUCTURE}}}Concept", id=name), label, name)


def _data_structure(parent: Element, cube: DataCube) -> None:
    structure = _maintained(parent, "DataStructure", flow(cube), cube.agency, cube.title)
    parts = _part(structure, "DataStructureComponents")
    dimensions = _part(parts, "DimensionList", id="DimensionDescriptor")
    ordered = [one for one in cube.dimensions if one.role != PERIOD]
    for place, dimension in enumerate(ordered, 1):
        own = _part(dimensions, "Dimension", id=_component(dimension), position=str(place))
        _represented(own, cube, _component(dimension), _list(cube, dimension))
    period = _part(dimensions, "TimeDimension", id="TIME_PERIOD")
    _represented(period, cube, "TIME_PERIOD", "", "ObservationalTimePeriod")
    attributes = _part(parts, "AttributeList", id="AttributeDescriptor")
    for name in ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"):
        own = _part(attributes, "Attribute", id=name, usage="mandatory")
        _represented(own, cube, name, f"CL_{name}")
        _part(_part(own, "AttributeRelationship"), "Observation")
    measures = _part(parts, "MeasureList", id="MeasureDescriptor")
    _represented(_part(measures, "Measure", id="OBS_VALUE", usage="optional"), cube, "OBS_VALUE", "", "Double")


def _represented(parent: Element, cube: DataCube, concept: str, codes: str, text: str = "") -> None:
    urn = f"{_URN}.conceptscheme.Concept={cube.agency}:CONCEPTS({VERSION}).{concept}"
    _part(parent, "ConceptIdentity").text = urn
    own = _part(parent, "LocalRepresentation")
    if codes:
        _part(own, "Enumeration").text = f"{_URN}.codelist.Codelist={cube.agency}:{codes}({VERSION})"
    else:
        _part(own, "TextFormat", textType=text)


def _component(dimension: Dimension) -> str:
    if dimension.role == PERIOD:
        return "TIME_PERIOD"
    name = sdmx_id(dimension.id).upper()
    return f"BY_{name}" if dimension.role == "group" and name in CONCEPTS else name


def _list(cube: DataCube, dimension: Dimension) -> str:
    """Code lists are shared: indicators of a survey, a breakdown's categories, measures of shares, means and totals."""
    if dimension.role == MEASURE:
        return f"CL_MEASURE_{cube.measure.value.upper()}"
    return f"CL_{sdmx_id(cube.survey).upper()}_{_component(dimension)}"


def _unit(cube: DataCube, measure: Category) -> str:
    """PT is SDMX's code of per cent; counts are numbers; other units go by their English name."""
    if is_count(measure):
        return "NUMBER"
    if cube.measure is Measure.SHARE:
        return "PT"
    return sdmx_id(say(measure.unit, "en").replace(" ", "_")).upper()


def _codes(cube: DataCube, dimension: Dimension) -> list[str]:
    if dimension.role == PERIOD:
        return [time_period(*cube.period)]
    return [sdmx_id(code) for code in dimension.codes]


def time_period(start: date, end: date) -> str:
    """'2014' for a whole year, '2013-01-01/P2Y' for several, else a range in days (ISO 8601)."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        years = end.year - start.year + 1
        return str(start.year) if years == 1 else f"{start}/P{years}Y"
    return f"{start}/P{(end - start).days + 1}D"


def _maintained(parent: Element, tag: str, name: str, agency: str, label: Text) -> Element:
    one = _part(parent, tag, id=name, agencyID=agency, version=VERSION, isExternalReference="false")
    _named(one, label, name)
    return one


def _named(element: Element, label: Text, code: str) -> None:
    for language, words in (label or {"en": code}).items():
        part = SubElement(element, f"{{{_COMMON}}}Name")
        part.set(_LANG, language)
        part.text = words or code


def _part(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{_STRUCTURE}}}{tag}", attributes)
