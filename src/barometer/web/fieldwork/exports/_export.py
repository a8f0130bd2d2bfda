"""One export of a collection in the formats asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping

from barometer.publication.open_data import workbook
from barometer.questionnaire import Variable, variables_of
from barometer.web.fieldwork.exports import _codebook, _delimited, _log, _r, _spss, _stata, _tables
from barometer.web.fieldwork.exports._words import in_language
from barometer.web.fieldwork.queries.answers import Collected

Files = dict[str, bytes]
Writer = Callable[[Collected, tuple[Variable, ...], str, str], Files]


def export(found: Collected, formats: Collection[str], language: str) -> Iterator[tuple[str, bytes]]:
    """Names of files and their contents, for some of `FORMATS`; labels in `language`, one of the collection's. One
    format at a time: together they are several times as large as the answers."""
    yield from write_files(found, (), formats, language)


def write_files(
    found: Collected, groups: tuple[Variable, ...], formats: Collection[str], language: str
) -> Iterator[tuple[str, bytes]]:
    """As `export`, with variables of the register, `groups`, before those of the questionnaire."""
    variables = tuple(one for one in variables_of(found.measured) if one.column in found.answers.columns)
    variables = (*groups, *variables)
    title = in_language(found.collection.title, language)
    wanted = {*formats, "csv"} if "r" in formats else {*formats}
    for name in FORMATS:
        if name in wanted:
            yield from FORMATS[name](found, variables, language, title).items()


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
    return {"answers.xlsx": workbook(sheets, _delimited.harmless)}


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
    return {"read_answers.R": _r.script(variables, language)}


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
"""Format -> its writer. The script of 'r' reads the files of 'csv', which come with it."""
