"""DDI-Codebook 2.5 (DDI Alliance, 2012): a study, its file and its variables. The one writer of it: for the codebook
published with a release and for those of exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from barometer.model import Language, Text

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class CodebookValue:
    """A value of a variable. `cases`: how many have it, None where that is not told."""

    value: str
    label: Text
    cases: int | None = None
    missing: bool = False


@dataclass(frozen=True)
class CodebookVariable:
    """A variable. `universe`: the condition under which it was asked, '' for everybody."""

    name: str
    label: Text
    question: Text
    values: tuple[CodebookValue, ...] = ()
    continuous: bool = False
    character: bool = False
    decimals: int = 0
    universe: str = ""
    note: str = ""


@dataclass(frozen=True)
class Study:
    """What the data are about. Texts that are empty are left out. `cases`: rows of the file, None without a file."""

    id: str
    title: Text
    file: str = ""
    cases: int | None = None
    producer: Text = field(default_factory=dict)
    contact: str = ""
    licence: str = ""
    released: str = ""
    abstract: Text = field(default_factory=dict)
    period: tuple[str, str] | None = None
    country: str = ""
    unit: Text = field(default_factory=dict)
    universe: Text = field(default_factory=dict)
    collection: Text = field(default_factory=dict)
    sampling: Text = field(default_factory=dict)
    weighting: Text = field(default_factory=dict)


def write_ddi(study: Study, variables: Sequence[CodebookVariable], language: Language) -> bytes:
    """The codebook; titles in `language` first, labels and questions in every language they have. Elements stand in
    the order the schema asks for."""
    book = Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", _LANG: language})
    _study(_add(book, "stdyDscr"), study, language)
    if study.file:
        text = _add(_add(book, "fileDscr", ID="F1"), "fileTxt")
        _add(text, "fileName", study.file)
        size = _add(text, "dimensns")
        _add(size, "caseQnty", str(study.cases or 0))
        _add(size, "varQnty", str(len(variables)))
    data = _add(book, "dataDscr")
    for one in variables:
        _variable(data, one, filed=bool(study.file))
    indent(book)
    written: bytes = tostring(book, encoding="UTF-8", xml_declaration=True)
    return written


def _study(parent: Element, study: Study, language: Language) -> None:
    citation = _add(parent, "citation")
    titles = _add(citation, "titlStmt")
    first = study.title.get(language) or next(iter(study.title.values()), "")
    _add(titles, "titl", first)
    _in_each(titles, "parTitl", {code: words for code, words in study.title.items() if code != language})
    _add(titles, "IDNo", study.id)
    if study.producer:
        _in_each(_add(citation, "prodStmt"), "producer", study.producer)
    if study.contact or study.released:
        distribution = _add(citation, "distStmt")
        if study.contact:
            _add(distribution, "contact", study.contact, email=study.contact)
        if study.released:
            _add(distribution, "distDate", study.released, date=study.released)
    if study.abstract or study.period or study.country or study.unit or study.universe:
        _about(_add(parent, "stdyInfo"), study)
    if study.collection or study.sampling or study.weighting:
        collection = _add(_add(parent, "method"), "dataColl")
        _in_each(collection, "sampProc", study.sampling)
        _in_each(collection, "collMode", study.collection)
        _in_each(collection, "weight", study.weighting)
    if study.licence:
        _add(_add(_add(parent, "dataAccs"), "useStmt"), "conditions", study.licence)


def _about(parent: Element, study: Study) -> None:
    _in_each(parent, "abstract", study.abstract)
    summary = _add(parent, "sumDscr")
    if study.period:
        for event, day in zip(("start", "end"), study.period, strict=True):
            _add(summary, "timePrd", day, event=event, date=day)
    if study.country:
        _add(summary, "nation", study.country, abbr=study.country)
    _in_each(summary, "anlyUnit", study.unit)
    _in_each(summary, "universe", study.universe)


def _variable(data: Element, one: CodebookVariable, filed: bool) -> None:
    place = {"files": "F1"} if filed else {}
    kind = "contin" if one.continuous else "discrete"
    about = _add(data, "var", ID=f"V_{one.name}", name=one.name, **place, intrvl=kind, dcml=str(one.decimals))
    _in_each(about, "labl", one.label)
    for code, words in one.question.items():
        _add(_add(about, "qstn"), "qstnLit", words).set(_LANG, code)
    if one.universe:
        _add(about, "universe", one.universe)
    for value in one.values:
        category = _add(about, "catgry", **({"missing": "Y"} if value.missing else {}))
        _add(category, "catValu", value.value)
        _in_each(category, "labl", value.label)
        if value.cases is not None:
            _add(category, "catStat", str(value.cases), type="freq")
    _add(about, "varFormat", type="character" if one.character else "numeric")
    if one.note:
        _add(about, "notes", one.note)


def _in_each(parent: Element, tag: str, text: Mapping[Language, str]) -> None:
    for language, words in text.items():
        if words:
            _add(parent, tag, words).set(_LANG, language)


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = _xml(text) if text is not None else None
    return element


def _xml(text: str) -> str:
    """Without characters XML has no place for."""
    return "".join(one for one in text if one >= " " or one in "\t\n")
