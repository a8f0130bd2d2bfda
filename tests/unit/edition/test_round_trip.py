"""Texts that look like something else stay what they are, in YAML and in workbooks."""

from dataclasses import replace

import pytest

from barometer.edition import canonical_json, read_edition, read_instrument, starter, to_workbook, to_yaml
from barometer.expressions import Type, Variable
from barometer.model import Instrument

REGISTER = {"employees": Variable("employees", Type.NUMBER)}
WORDS = [
    "=1+1",
    "_x0041_",
    "#N/A",
    "yes",
    "null",
    "~",
    "007",
    "1e3",
    "true",
    "a: b # c",
    "- a",
    "'q'",
    "a\n\nb",
    "−½ € 😀",
]


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_edition(starter()).surveys[0].instrument


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_looks_like_something_else_stays_a_word(instrument: Instrument, word: str) -> None:
    changed = replace(instrument, title=dict.fromkeys(instrument.languages, word), checks=(), digest="")

    from_yaml = read_instrument("a.yaml", to_yaml(changed), REGISTER, instrument.languages)
    from_workbook = read_instrument("a.xlsx", to_workbook(changed), REGISTER, instrument.languages)

    assert replace(from_yaml, digest="") == changed
    assert from_workbook == from_yaml


def test_workbook_and_yaml_have_the_same_digest_whatever_the_spelling_of_conditions(instrument: Instrument) -> None:
    yaml = to_yaml(instrument).replace(b"service == 'yes' or", b'(service=="yes")  or')

    respelt = read_instrument("a.yaml", yaml, REGISTER, instrument.languages)
    workbook = read_instrument("a.xlsx", to_workbook(instrument), REGISTER, instrument.languages)

    assert respelt.pages[1].when != instrument.pages[1].when
    assert respelt.digest == workbook.digest == instrument.digest


def test_the_digest_changes_with_a_word(instrument: Instrument) -> None:
    yaml = to_yaml(instrument).replace(b"Thank you", b"Thanks")

    assert read_instrument("a.yaml", yaml, REGISTER, instrument.languages).digest != instrument.digest


def test_shared_lists_are_written_once(instrument: Instrument) -> None:
    assert to_yaml(instrument).count(b"Don't know") == 2  # the shared list, and that of 'novelty'
    assert canonical_json(instrument).count(b"Don't know") == 4


def test_a_workbook_is_the_same_bytes_every_time(instrument: Instrument) -> None:
    assert to_workbook(instrument) == to_workbook(instrument)
