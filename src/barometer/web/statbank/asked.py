"""What a call of PxWebApi 2 asks for: values, placement and format, from an address or a posted body."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from barometer.publication.open_data import DataCube
from barometer.web.statbank.formats import APART, FORMATS, PARAMETERS, Format, output
from barometer.web.statbank.library import Table
from barometer.web.statbank.refusals import Fault, Refusal, unknown
from barometer.web.statbank.selection import chosen, placed, split_list

DEFAULT_FORMAT = "json-stat2"
_KNOWN = ("lang", "outputFormat", "outputFormatParams", "heading", "stub")
_SHAPE = 'Expected {"selection": [{"variableCode": "...", "valueCodes": ["...", ...]}, ...]}.'


@dataclass(frozen=True)
class Asked:
    """Values of variables (as written: codes or expressions), and where the variables shall stand."""

    values: Mapping[str, Sequence[str]]
    stub: Sequence[str] = ()
    heading: Sequence[str] = ()

    def cells(self, cube: DataCube) -> DataCube:
        """The part of the table that is asked for. Raises Refusal."""
        return placed(chosen(cube, self.values), self.stub, self.heading)


@dataclass(frozen=True)
class Written:
    """A format with its parameters."""

    name: str
    parameters: tuple[str, ...]

    @property
    def format(self) -> Format:
        return FORMATS[self.name]

    def writer(self, asked: Asked, cube: DataCube, language: str) -> Callable[[], bytes]:
        return lambda: self.format.write(asked.cells(cube), language, output(self.parameters))


def code_list_id(found: Table, variable: str) -> str:
    """Each variable has one code list: that of its own values."""
    return f"vs_{found.id}.{variable}"


def in_address(given: QueryDict, found: Table) -> Asked:
    """valueCodes[VARIABLE]=A,B in any case; other parameters are refused, so that a slip is not answered wrongly."""
    values: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for name, several in given.lists():
        kind, _, variable = name.partition("[")
        if kind.lower() == "valuecodes" and variable.endswith("]"):
            values.setdefault(variable[:-1], []).extend(code for one in several for code in split_list(one))
        elif name.lower().startswith("outputvalues[") and name.endswith("]"):
            continue
        elif kind.lower() != "codelist" and name not in _KNOWN:
            faults.append(unknown("parameter", name, ["valueCodes[VARIABLE]", *_KNOWN], "parameter"))
    faults += code_list_faults(given, found)
    if faults:
        raise Refusal(400, "A parameter is not valid.", faults=faults)
    return Asked(values, _listed(given, "stub"), _listed(given, "heading"))


def code_list_faults(given: QueryDict, found: Table) -> list[Fault]:
    """codelist[VARIABLE]=ID"""
    named = [name for name in given if name.lower().startswith("codelist[") and name.endswith("]")]
    lists = [(name[len("codelist[") : -1], given.get(name, "")) for name in named]
    return [fault for variable, one in lists for fault in _code_list_fault(found, variable, str(one))]


def posted(told: Mapping[str, Any], found: Table) -> Asked:
    """{"selection": [{"variableCode": ..., "codelist": ..., "valueCodes": [...]}], "placement": {...}}"""
    selection, placement = told.get("selection") or [], told.get("placement") or {}
    if not isinstance(selection, list) or not all(_is_part(one) for one in selection):
        raise Refusal(400, "The selection cannot be read.", _SHAPE)
    if not isinstance(placement, dict) or not all(_texts(placement.get(name)) for name in ("stub", "heading")):
        expected = 'Expected {"placement": {"stub": ["...", ...], "heading": ["...", ...]}}.'
        raise Refusal(400, "The placement cannot be read.", expected)
    lists = [(one["variableCode"], one.get("codelist") or one.get("codeList") or "") for one in selection]
    faults = [fault for variable, given in lists for fault in _code_list_fault(found, variable, str(given))]
    if faults:
        raise Refusal(400, "A code list is not valid.", faults=faults)
    values: dict[str, list[str]] = {}
    for one in selection:
        values.setdefault(one["variableCode"], []).extend(one.get("valueCodes") or [])
    return Asked(values, placement.get("stub") or [], placement.get("heading") or [])


def written(request: HttpRequest, default: Written) -> Written:
    """outputFormat and outputFormatParams of the address; what it does not have is the default."""
    given = request.GET
    name = given.get("outputFormat") or default.name
    asked = "outputFormatParams" in given or "outputFormat" in given
    return checked(name, _listed(given, "outputFormatParams") if asked else default.parameters)


def checked(name: str, parameters: Sequence[str]) -> Written:
    """A format that there is, with parameters, in any case, of which no two contradict each other."""
    known = {one.lower(): one for one in PARAMETERS}
    faults = [] if name in FORMATS else [unknown("outputFormat", name, list(FORMATS), "format")]
    faults += [unknown("outputFormatParams", one, PARAMETERS) for one in parameters if one.lower() not in known]
    kept = tuple(dict.fromkeys(known[one.lower()] for one in parameters if one.lower() in known))
    for group in APART:
        if len(both := [one for one in kept if one in group]) > 1:
            detail = f"outputFormatParams: {' and '.join(both)} contradict each other."
            faults.append(Fault("outputFormatParams", ",".join(both), detail, group))
    if faults:
        raise Refusal(400, "The format is not valid.", faults=faults)
    return Written(name, kept)


def _listed(given: QueryDict, name: str) -> list[str]:
    """A parameter's values, whether one stands with commas or it is repeated."""
    return [word for one in given.getlist(name) for word in split_list(one) if word]


def _is_part(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("variableCode"), str) and _texts(one.get("valueCodes"))


def _texts(given: object) -> bool:
    return given is None or (isinstance(given, list) and all(isinstance(one, str) for one in given))


def _code_list_fault(found: Table, variable: str, given: str) -> Sequence[Fault]:
    own = code_list_id(found, variable)
    return [] if given in ("", own) else [unknown(f"codelist[{variable}]", given, [own], "code list")]
