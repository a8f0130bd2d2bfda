"""A collection made from an edition and its sample."""

from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Collection


def test_every_sampled_unit_becomes_a_case_with_its_weight(collection: Collection) -> None:
    cases = list(collection.cases.all())
    assert cases
    assert all(case.design_weight >= 1 and case.stratum for case in cases)


def test_the_published_questionnaire_reads_back_to_the_same_digest(collection: Collection) -> None:
    version = collection.versions.get()
    assert instrument_of(version.pk).digest == version.digest
