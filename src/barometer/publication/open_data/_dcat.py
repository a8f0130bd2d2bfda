"""The catalogue of what is published: DCAT-AP 3 (SEMIC), as JSON-LD and Turtle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from babel.core import get_global

from barometer.model import Edition
from barometer.publication.open_data._cube import DataCube, say
from barometer.publication.open_data._make import updated
from barometer.publication.open_data._rdf import Link, Node, Value, Words, literal, typed, write_jsonld, write_turtle

AUTHORITY = "http://publications.europa.eu/resource/authority"
MEDIA = "https://www.iana.org/assignments/media-types"
LANGUAGES = {"da": "DAN", "nb": "NOB", "sv": "SWE", "en": "ENG"}
LICENCES = {
    "CC BY 4.0": "CC_BY_4_0",
    "CC BY-SA 4.0": "CC_BYSA_4_0",
    "CC0 1.0": "CC0",
    "NLOD 2.0": "NLOD_2_0",
}
"""Names of licences in the EU's list of them."""
THEMES = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}
"""The EU's list of data themes, by code."""


@dataclass(frozen=True)
class Format:
    """A kind of file: its name, its name in the EU's list of file types ('' where it has none), its media type."""

    name: str
    listed: str
    media: str
    standard: str = ""


FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV", "CSV", "text/csv", "https://www.w3.org/TR/tabular-data-primer/"),
    "xlsx": Format("XLSX", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": Format("Parquet", "PARQUET", "application/vnd.apache.parquet", "https://parquet.apache.org/"),
    "json": Format("JSON-stat", "JSON", "application/json", "https://json-stat.org/full/"),
    "px": Format("PX", "", "text/plain", "https://www.scb.se/px-en"),
    "sdmx.csv": Format("SDMX-CSV", "CSV", "text/csv", "https://sdmx.org/standards-2/"),
    "xml": Format("XML", "XML", "application/xml"),
}


@dataclass(frozen=True)
class Published:
    """A file of a table (None: of the whole release), in one language ('' in all)."""

    path: str
    content: bytes
    format: str
    language: str
    cube: DataCube | None


def catalogue(edition: Edition, cubes: Sequence[DataCube], files: Sequence[Published]) -> dict[str, bytes]:
    """'catalogue.jsonld' and 'catalogue.ttl': the edition as a dataset, and each of its tables as one.

    Addresses start with the edition's `catalogue.address`; without one they are relative to the catalogue's place.
    """
    root = edition.catalogue.address.rstrip("/") + "/open-data/" if edition.catalogue.address else ""
    publisher = _publisher(edition)
    whole = _dataset(edition, root, "", edition.title, edition.purpose, [one for one in files if one.cube is None])
    tables = []
    for cube in cubes:
        text = {code: " ".join(say(note, code) for note in cube.notes) for code in cube.languages}
        own = [one for one in files if one.cube is cube]
        table = _dataset(edition, root, cube.id, cube.title, text, own)
        table.add("dct:isPartOf", Link(f"{root}#{edition.id}"))
        tables.append(table)
    head = Node(f"{root}#catalogue", "dcat:Catalog")
    head.add("dct:title", *_words(edition.title)).add("dct:description", *_words(edition.purpose))
    head.add("dct:publisher", publisher)
    head.add("dct:language", *_languages(edition.languages))
    themes = Node(f"{AUTHORITY}/data-theme", "skos:ConceptScheme").add("dct:title", Words("Data theme", "en"))
    head.add("dcat:themeTaxonomy", themes)
    head.add("dct:issued", _day(edition.release_at.date())).add("dct:modified", _day(updated(edition).date()))
    head.add("dct:license", *_licence(edition))
    if edition.catalogue.address:
        head.add("foaf:homepage", Node(edition.catalogue.address, "foaf:Document"))
    head.add("dcat:dataset", whole, *tables)
    return {"catalogue.jsonld": write_jsonld(head), "catalogue.ttl": write_turtle(head)}


def _dataset(
    edition: Edition,
    root: str,
    table: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
    files: Sequence[Published],
) -> Node:
    identity = f"{edition.id}.{table}" if table else edition.id
    one = Node(f"{root}#{identity}", "dcat:Dataset")
    one.add("dct:title", *_words(title)).add("dct:description", *_words(text))
    one.add("dct:identifier", literal(identity)).add("dct:publisher", _publisher(edition))
    contact = Node("", "vcard:Organization").add("vcard:fn", *_words(edition.publisher.name))
    mail = edition.publisher.contact
    contact.add("vcard:hasEmail", *([Link(f"mailto:{mail}")] if "@" in mail else []))
    one.add("dcat:contactPoint", contact)
    one.add("dcat:theme", *map(_theme, edition.catalogue.themes))
    for code, words in edition.catalogue.keywords.items():
        one.add("dcat:keyword", *(Words(word.strip(), code) for word in words.split(",") if word.strip()))
    one.add("dct:language", *_languages(edition.languages)).add("dct:spatial", *_spatial(edition.country))
    period = Node("", "dct:PeriodOfTime").add("dcat:startDate", _day(edition.period_start))
    one.add("dct:temporal", period.add("dcat:endDate", _day(edition.period_end)))
    one.add("dct:accrualPeriodicity", Node(f"{AUTHORITY}/frequency/{edition.catalogue.frequency}", "dct:Frequency"))
    one.add("dct:accessRights", Node(f"{AUTHORITY}/access-right/PUBLIC", "dct:RightsStatement"))
    one.add("dct:issued", _day(edition.release_at.date())).add("dct:modified", _day(updated(edition).date()))
    one.add("dcat:distribution", *(_distribution(edition, root, title, file) for file in files))
    return one


def _distribution(edition: Edition, root: str, title: Mapping[str, str], file: Published) -> Node:
    kind = FORMATS[file.format]
    one = Node(f"{root}{file.path}#distribution", "dcat:Distribution")
    spoken = (file.language,) if file.language else edition.languages
    one.add("dct:title", *(Words(f"{title.get(code, '')} ({kind.name})", code) for code in spoken))
    one.add("dcat:accessURL", Link(root + file.path)).add("dcat:downloadURL", Link(root + file.path))
    if kind.listed:
        one.add("dct:format", Node(f"{AUTHORITY}/file-type/{kind.listed}", "dct:MediaTypeOrExtent"))
    one.add("dcat:mediaType", Node(f"{MEDIA}/{kind.media}", "dct:MediaType"))
    if kind.standard:
        one.add("dct:conformsTo", Node(kind.standard, "dct:Standard"))
    one.add("dct:license", *_licence(edition)).add("dct:language", *_languages(spoken))
    one.add("dcat:byteSize", typed(str(len(file.content)), "xsd:nonNegativeInteger"))
    checksum = Node("", "spdx:Checksum").add(
        "spdx:algorithm", Node("http://spdx.org/rdf/terms#checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm")
    )
    checksum.add("spdx:checksumValue", typed(sha256(file.content).hexdigest(), "xsd:hexBinary"))
    return one.add("spdx:checksum", checksum)


def _publisher(edition: Edition) -> Node:
    one = Node(edition.catalogue.publisher, "foaf:Agent").add("foaf:name", *_words(edition.publisher.name))
    if edition.publisher.address:
        one.add("foaf:homepage", Node(edition.publisher.address, "foaf:Document"))
    return one


def _licence(edition: Edition) -> list[Value]:
    name = edition.publisher.licence
    if name in LICENCES:
        return [Node(f"{AUTHORITY}/licence/{LICENCES[name]}", "dct:LicenseDocument")]
    return [Node("", "dct:LicenseDocument").add("dct:title", literal(name))]


def _spatial(country: str) -> list[Value]:
    """The country in the EU's list, which goes by codes of three letters."""
    aliases = get_global("territory_aliases")
    found = sorted(code for code, own in aliases.items() if own == [country] and len(code) == 3 and code.isalpha())
    return [Node(f"{AUTHORITY}/country/{code}", "dct:Location") for code in found[:1]]


def _languages(codes: Sequence[str]) -> list[Value]:
    return [Node(f"{AUTHORITY}/language/{LANGUAGES[code]}", "dct:LinguisticSystem") for code in codes]


def _theme(code: str) -> Value:
    """With its name, so that the catalogue is whole by itself."""
    return Node(f"{AUTHORITY}/data-theme/{code}", "skos:Concept").add(
        "skos:prefLabel", Words(THEMES.get(code, code), "en")
    )


def _words(text: Mapping[str, str]) -> list[Value]:
    return [Words(words, code) for code, words in text.items() if words]


def _day(day: date) -> Value:
    return typed(day.isoformat(), "xsd:date")
