"""The catalogue of a release: DCAT-AP, and what an edition says for it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph, Namespace
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS

from barometer.edition import check_edition, read_edition, starter
from barometer.model import Catalogue, Edition
from barometer.publication.open_data import open_data_files
from published_example import edition, release

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # rdflib, of its own classes

SHAPES = Path(__file__).parent / "dcat_ap_mandatory.ttl"
PLACE = "https://data.example.org/open-data/catalogue"
SPDX = Namespace("http://spdx.org/rdf/terms#")
LISTED = Catalogue(
    address="https://innovation.example.org/2024",
    publisher="https://example.org/agency",
    themes=("GOVE", "SOCI"),
    frequency="BIENNIAL",
    keywords={"en": "innovation, public sector", "da": "innovation, offentlig sektor"},
)


@cache
def open_data(address: str) -> dict[str, bytes]:
    catalogue = LISTED if address else Catalogue()
    return open_data_files(release(), replace(edition(), catalogue=catalogue))


@cache
def graph(name: str, address: str = "") -> Graph:
    files = open_data(address)
    found = Graph()
    if name.endswith("ttl"):
        return found.parse(data=files[f"open-data/{name}"], format="turtle", publicID=PLACE)
    return found.parse(data=files[f"open-data/{name}"], format="json-ld", base=PLACE)


@pytest.mark.parametrize("address", ["", LISTED.address])
def test_the_catalogue_meets_the_shapes_of_dcat_ap(address: str) -> None:
    conforms, _, words = validate(graph("catalogue.ttl", address), shacl_graph=str(SHAPES), shacl_graph_format="turtle")
    assert conforms, words


def test_the_shapes_find_what_is_missing() -> None:
    whole = Graph() + graph("catalogue.ttl")
    for name in (DCAT.accessURL, DCAT.contactPoint, SPDX.checksumValue):
        broken = Graph() + whole
        broken.remove((next(broken.subjects(name)), name, None))
        conforms, _, words = validate(broken, shacl_graph=str(SHAPES), shacl_graph_format="turtle")
        assert not conforms
        assert str(name).rpartition("#")[2].rpartition("/")[2] in words or "checksum" in words


@pytest.mark.thorough  # renaming the nodes without names takes seconds
@pytest.mark.parametrize("address", ["", LISTED.address])
def test_json_ld_and_turtle_say_the_same(address: str) -> None:
    assert isomorphic(graph("catalogue.ttl", address), graph("catalogue.jsonld", address))
    assert len(graph("catalogue.ttl", address)) > 500


def test_every_file_of_a_table_is_a_distribution_with_its_size() -> None:
    files = open_data_files(release(), edition())
    found = {
        str(address).removeprefix(PLACE.rpartition("/")[0] + "/"): int(graph("catalogue.ttl").value(one, DCAT.byteSize))
        for one, address in graph("catalogue.ttl").subject_objects(DCAT.downloadURL)
    }
    own = {path.removeprefix("open-data/"): len(content) for path, content in files.items()}
    described = {path for path in own if not path.startswith(("catalogue", "SHA256")) and "metadata" not in path}
    assert found == {path: own[path] for path in described}


def test_addresses_and_lists_are_those_of_the_edition() -> None:
    listed = graph("catalogue.ttl", LISTED.address)
    assert all(str(one).startswith(LISTED.address + "/open-data/") for one in listed.objects(None, DCAT.accessURL))
    assert {str(one).rpartition("/")[2] for one in listed.objects(None, DCAT.theme)} == {"GOVE", "SOCI"}
    assert {(str(one), one.language) for one in listed.objects(None, DCAT.keyword)} == {
        ("innovation", "en"),
        ("public sector", "en"),
        ("innovation", "da"),
        ("offentlig sektor", "da"),
    }
    assert {str(one).rpartition("/")[2] for one in listed.objects(None, DCTERMS.spatial)} == {"DNK"}


# --- [catalogue] in edition.toml -----------------------------------------------------------------------


def read(table: str) -> Edition:
    return read_edition(with_catalogue(table))


def with_catalogue(table: str) -> dict[str, bytes]:
    folder = dict(starter())
    folder["edition.toml"] += f"\n[catalogue]\n{table}\n".encode()
    return folder


def test_an_edition_says_how_catalogues_list_it() -> None:
    keywords = "keywords = { en = 'a, b', da = 'a, b', nb = 'a, b', sv = 'a, b' }"
    found = read(
        f'address = "https://x.example/1"\nthemes = ["SOCI"]\nfrequency = "BIENNIAL"\nagency = "COI"\n{keywords}'
    )
    told = found.catalogue
    assert (told.address, told.themes, told.frequency, told.agency) == (
        "https://x.example/1",
        ("SOCI",),
        "BIENNIAL",
        "COI",
    )
    assert told.keywords["sv"] == "a, b"


def test_an_edition_that_says_nothing_has_usual_values() -> None:
    assert read_edition(dict(starter())).catalogue.frequency in ("IRREG", "BIENNIAL")


def test_an_edition_says_where_its_tables_are_served() -> None:
    assert read('server = "https://stat.example/"').catalogue.server == "https://stat.example"
    assert [one.code for one in check_edition(with_catalogue('server = "stat.example"'))] == ["E007"]


def test_all_that_is_wrong_in_the_catalogue_is_told_at_once() -> None:
    wrong = (
        'address = "innovation.example"\nthemes = ["GOV", "SOCI"]\nfrequency = "YEARLY"\nagency = "1"\nkeyword = "x"'
    )
    problems = check_edition(with_catalogue(wrong))
    told = [(problem.code, str(problem.place.field)) for problem in problems if "catalogue" in str(problem.place.field)]
    assert len(told) == 5
    assert {code for code, _ in told} == {"E003", "E007"}
