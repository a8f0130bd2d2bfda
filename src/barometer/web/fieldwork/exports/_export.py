"""One export of a collection in the formats asked for."""

from collections.abc import Callable, Collection, Mapping

from barometer.web.fieldwork.exports import _codebook, _delimited, _log, _r, _spss, _stata, _tables, _workbook
from barometer.web.fieldwork.exports._variables import Variable, variables_of
from barometer.web.fieldwork.exports._words import in_language
from barometer.web.fieldwork.queries.answers import Collected

Files = dict[str, bytes]
Writer = Callable[[Collected, tuple[Variable, ...], str, str], Files]


def export(found: Collected, formats: Collection[str], language: str) -> Files:
    """Name of a file -> its content, for some of `FORMATS`; labels in `language`, one of the collection's."""
    variables = variables_of(found.versions)
    variables = tuple(one for one in variables if one.column in found.answers.columns)
    title = in_language(found.collection.title, language)
    files: Files = {}
    for name in FORMATS:
        if name in formats:
            files |= FORMATS[name](found, variables, language, title)
    return files


def _csv(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {
        "answers.csv": _delimited.csv(_tables.coded(found, variables)),
        "states.csv": _delimited.csv(_tables.states(found, variables)),
    }


def _xlsx(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    sheets = {
        "answers": _tables.coded(found, variables),
        "states": _tables.states(found, variables),
        "codebook": _codebook.table(found, variables, language),
    }
    return {"answers.xlsx": _workbook.workbook(sheets)}


def _parquet(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {
        "answers.parquet": _delimited.parquet(_tables.coded(found, variables)),
        "states.parquet": _delimited.parquet(_tables.states(found, variables)),
    }


def _sav(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {"answers.sav": _spss.sav(_tables.numbered(found, variables), variables, language, title)}


def _dta(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {"answers.dta": _stata.dta(_tables.numbered(found, variables), variables, language, title)}


def _r_script(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {**_csv(found, variables, language, title), "read_answers.R": _r.script(variables, language)}


def _ddi(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {"codebook.xml": _codebook.ddi(found, variables, language, title)}


def _html(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {"codebook.html": _codebook.html(found, variables, language, title)}


def _events(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    return {"events.csv": _delimited.csv(_log.events(found.collection))}


def _paradata(found: Collected, variables: tuple[Variable, ...], language: str, title: str) -> Files:
    table = _delimited.csv(_log.paradata(found.collection))
    return {"paradata.csv": table, "paradata.txt": _log.README.encode()}


FORMATS: Mapping[str, Writer] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "sav": _sav,
    "dta": _dta,
    "r": _r_script,
    "ddi": _ddi,
    "codebook": _html,
    "events": _events,
    "paradata": _paradata,
}
"""Format -> its writer. 'r' writes the CSV files its script reads, too."""
