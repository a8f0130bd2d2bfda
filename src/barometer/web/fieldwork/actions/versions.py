"""Publishing a changed questionnaire while it is in the field. Started responses keep the version they began with."""

import json
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext

from barometer.edition import canonical_json
from barometer.model import Edition, Instrument
from barometer.questionnaire import Change, ChangeClass, diff_instruments
from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.instruments import instrument_of, register_variables
from barometer.web.fieldwork.models import Collection, InstrumentVersion, VersionProposal

HARMLESS = (ChangeClass.TEXT, ChangeClass.ADDITIVE)
"""Classes of changes that one person may publish."""
ORDER = tuple(ChangeClass)


def changes_from(collection: Collection, instrument: Instrument) -> tuple[Change, ...]:
    """What the questionnaire changes of the last published version. Raises BadInput for what no version may change."""
    return diff_instruments(instrument_of(_last(collection).pk), instrument)


def weightiest(changes: Iterable[Change]) -> ChangeClass:
    """The class that decides who may publish; text where nothing but other texts of the edition changed."""
    return max((change.kind for change in changes), key=ORDER.index, default=ChangeClass.TEXT)


@transaction.atomic
def publish_version(
    collection: Collection, edition: Edition, *, digest: str, by: str
) -> InstrumentVersion | VersionProposal:
    """The edition's questionnaire as the next version, or as a proposal where a second person must agree.

    `digest`: of the questionnaire the person has seen; another one in the folder by now is refused.
    """
    Collection.objects.select_for_update().get(pk=collection.pk)
    survey = edition.survey(collection.survey)
    if survey.instrument.digest != digest:
        raise NotAllowed(gettext("the edition's folder has changed since you looked"))
    changes = changes_from(collection, survey.instrument)
    kind = weightiest(changes)
    proposal = VersionProposal(
        collection=collection,
        digest=digest,
        content=canonical_json(survey.instrument).decode(),
        register=register_variables(survey),
        texts={language: dict(texts) for language, texts in edition.texts.items()},
        change=kind.value,
        changes=[{"kind": one.kind.value, "place": one.place, "was": one.was, "now": one.now} for one in changes],
        proposed_by=by,
    )
    collection.edition_title = dict(edition.title)
    collection.save(update_fields=["edition_title"])
    if kind in HARMLESS:
        return _publish(proposal, by)
    VersionProposal.objects.filter(collection=collection).delete()
    proposal.save()
    record(
        "version proposed", by=by, edition=collection.edition, subject=f"collection {collection.pk}", change=kind.value
    )
    return proposal


@transaction.atomic
def approve_version(proposal: VersionProposal, *, by: str) -> InstrumentVersion:
    """Publish what somebody else proposed, unless another version came in between."""
    locked = VersionProposal.objects.select_for_update().select_related("collection").get(pk=proposal.pk)
    if locked.proposed_by == by:
        raise NotAllowed(gettext("a second person must agree to this change"))
    version = _publish(locked, by)
    locked.delete()
    return version


@transaction.atomic
def turn_down_version(proposal: VersionProposal, *, by: str) -> None:
    edition, subject = proposal.collection.edition, f"collection {proposal.collection_id}"
    proposal.delete()
    record("version turned down", by=by, edition=edition, subject=subject)


def _publish(proposal: VersionProposal, by: str) -> InstrumentVersion:
    """Texts of the edition (letters, landing page) are taken over with it; without other changes, they alone."""
    collection, last = proposal.collection, _last(proposal.collection)
    collection.texts = proposal.texts
    collection.questionnaire = json.loads(proposal.content)["title"]
    collection.save(update_fields=["texts", "questionnaire"])
    version = last
    if last.digest != proposal.digest:
        version = InstrumentVersion.objects.create(
            collection=collection,
            number=last.number + 1,
            digest=proposal.digest,
            content=proposal.content,
            register=proposal.register,
            change=proposal.change,
            published_by=by,
        )
    record(
        "version published",
        by=by,
        edition=collection.edition,
        subject=f"collection {collection.pk}",
        number=version.number,
        change=proposal.change,
        proposed_by=proposal.proposed_by,
    )
    return version


def _last(collection: Collection) -> InstrumentVersion:
    return collection.versions.latest("number")
