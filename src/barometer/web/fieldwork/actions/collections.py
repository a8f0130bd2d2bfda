"""Collections: made from an edition and its sample, launched, paused, extended, closed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.edition import canonical_json
from barometer.model import Edition, Survey
from barometer.tables import Sample
from barometer.web.audit.actions import record
from barometer.web.fieldwork.access import case_number
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.harvest import harvest
from barometer.web.fieldwork.instruments import register_variables
from barometer.web.fieldwork.models import Case, Collection, InstrumentVersion
from barometer.web.fieldwork.states import COLLECTION, can


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
        edition_title=dict(edition.title),
        questionnaire=dict(survey.instrument.title),
        publisher=dict(edition.publisher.name),
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


@transaction.atomic
def launch_collection(collection: Collection, *, closes_at: datetime, sender: str, help_contact: str, by: str) -> None:
    """Open a draft: from now on links work, until `closes_at`. No mail goes out by this; rules do that."""
    now = timezone.now()
    locked = _locked(collection)
    _move(locked, "open")
    locked.opens_at, locked.closes_at = now, _later(closes_at, now)
    locked.sender, locked.help_contact = sender.strip(), help_contact.strip()
    _keep(collection, locked, "collection launched", by, closes_at=closes_at)


@transaction.atomic
def pause_collection(collection: Collection, *, by: str) -> None:
    """Nobody can answer and no mail leaves, until it is resumed."""
    locked = _locked(collection)
    _move(locked, "paused")
    _keep(collection, locked, "collection paused", by)


@transaction.atomic
def resume_collection(collection: Collection, *, by: str) -> None:
    locked = _locked(collection)
    if locked.status != "paused":
        raise NotAllowed(gettext("the collection is not paused"))
    _move(locked, "open")
    _keep(collection, locked, "collection resumed", by)


@transaction.atomic
def extend_collection(collection: Collection, *, closes_at: datetime, by: str) -> None:
    """Another last moment; a closed collection opens again, and what was harvested can be handed in whole."""
    locked = _locked(collection)
    if locked.status == "draft":
        raise NotAllowed(gettext("the collection is not launched yet"))
    if locked.status == "closed":
        _move(locked, "open")
    locked.closes_at = _later(closes_at, timezone.now())
    _keep(collection, locked, "collection extended", by, closes_at=closes_at)


@transaction.atomic
def close_collection(collection: Collection, *, partial_share: float, by: str) -> dict[str, int]:
    """Close, and harvest what was started: see `harvest` for the rule. Gives the numbers of partials and break-offs."""
    locked = _locked(collection)
    _move(locked, "closed")
    locked.closes_at, locked.partial_share = timezone.now(), partial_share
    counts = harvest(locked, partial_share=partial_share, by=by)
    _keep(collection, locked, "collection closed", by, partial_share=partial_share, **counts)
    return counts


def _locked(collection: Collection) -> Collection:
    return Collection.objects.select_for_update().get(pk=collection.pk)


def _move(collection: Collection, then: str) -> None:
    if not can(COLLECTION, collection.status, then):
        words = {"now": gettext(collection.status), "then": gettext(then)}
        raise NotAllowed(gettext("the collection is %(now)s and cannot become %(then)s") % words)
    collection.status = then


def _later(moment: datetime, now: datetime) -> datetime:
    if moment <= now:
        raise NotAllowed(gettext("the last moment to answer must be in the future"))
    return moment


def _keep(collection: Collection, changed: Collection, act: str, by: str, **details: object) -> None:
    changed.save()
    collection.refresh_from_db()
    record(act, by=by, edition=changed.edition, subject=f"collection {changed.pk}", **details)


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
