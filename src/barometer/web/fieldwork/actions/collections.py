"""Collections: made from an edition and its sample, opened, paused, closed."""

from django.db import transaction

from barometer.edition import canonical_json
from barometer.model import Edition, Survey
from barometer.tables import Sample
from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import case_number
from barometer.web.fieldwork.instruments import register_variables
from barometer.web.fieldwork.models import Case, Collection, InstrumentVersion


@transaction.atomic
def create_collection(edition: Edition, survey: Survey, sample: Sample, *, folder: str, by: str) -> Collection:
    """A collection in draft, with the questionnaire as version 1 and a case for each unit of the sample.

    Cases carry the register's columns but its column of names, which belongs to contacts.
    """
    collection = Collection.objects.create(
        edition=edition.id,
        folder=folder,
        survey=survey.id,
        title=dict(survey.title),
        languages=list(edition.languages),
        help_contact=edition.publisher.contact,
        texts={language: dict(texts) for language, texts in edition.texts.items()},
    )
    _publish_first(collection, survey, by)
    Case.objects.bulk_create(_cases(collection, survey, sample), batch_size=2_000)
    record(
        "collection created",
        by=by,
        edition=edition.id,
        subject=f"collection {collection.pk}",
        survey=survey.id,
        cases=sample.units.height,
    )
    return collection


def _publish_first(collection: Collection, survey: Survey, by: str) -> None:
    InstrumentVersion.objects.create(
        collection=collection,
        number=1,
        digest=survey.instrument.digest,
        content=canonical_json(survey.instrument).decode(),
        register=register_variables(survey),
        published_by=by,
    )


def _cases(collection: Collection, survey: Survey, sample: Sample) -> list[Case]:
    kept = [column.name for column in survey.frame.columns if column.name != survey.frame.name_column]
    taken: set[str] = set()
    cases = []
    for row in sample.units.iter_rows(named=True):
        attempt = 0
        while (number := case_number(collection.pk, row["unit_id"], attempt)) in taken:
            attempt += 1
        taken.add(number)
        cases.append(
            Case(
                collection=collection,
                unit_id=row["unit_id"],
                number=number,
                stratum=row["stratum"],
                design_weight=row["design_weight"],
                register={name: row[name] for name in kept},
            )
        )
    return cases
