"""`barometer field`: an edition and its sample become collections, once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from barometer import pipeline
from barometer.cli._field import create_collections, samples_to_field
from barometer.edition import starter
from barometer.files import create_folder
from barometer.pipeline import Desk
from barometer.problems import BadInput
from barometer.web.fieldwork.models import Case, Collection


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    create_folder(tmp_path / "edition", starter())
    yield pipeline.open_desk(tmp_path / "edition", tmp_path)


def codes(bad: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [one.code for one in bad.value.problems]


def test_without_a_sample_nothing_is_fielded(desk: Desk) -> None:
    with pytest.raises(BadInput) as bad:
        samples_to_field(desk)
    assert codes(bad) == ["B005"]


def test_a_sample_of_an_edition_that_was_changed_is_not_fielded(desk: Desk) -> None:
    pipeline.sample(desk)
    design = desk.folder["design.toml"].replace(b"minimum_per_stratum = 2", b"minimum_per_stratum = 3")
    changed = {**desk.folder, "design.toml": design}
    with pytest.raises(BadInput) as bad:
        samples_to_field(replace(desk, folder=changed))
    assert codes(bad) == ["C002"]


@pytest.mark.django_db
def test_every_sampled_unit_becomes_a_case(desk: Desk) -> None:
    pipeline.sample(desk)
    made = create_collections(desk, samples_to_field(desk), "folder")
    assert made == {"workplaces": Case.objects.count()} and Case.objects.exists()
    assert Collection.objects.get().status == "draft"


@pytest.mark.django_db
def test_an_edition_is_fielded_once(desk: Desk) -> None:
    pipeline.sample(desk)
    samples = samples_to_field(desk)
    create_collections(desk, samples, "folder")
    with pytest.raises(BadInput) as bad:
        create_collections(desk, samples, "folder")
    assert codes(bad) == ["C003"]
    assert Collection.objects.count() == 1
