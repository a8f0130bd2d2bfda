"""The end of open answers: only what was cleared remains, everywhere it was kept."""

from collections.abc import Collection as Some
from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from barometer.model import open_answers
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Coding, Collection, OpenAnswer, OriginalText, Response
from barometer.web.fieldwork.redacting import GONE, digest_of

Values = Mapping[str, object]


def count_own_words(collection: Collection) -> dict[str, int]:
    """Texts from before something was hidden, and responses that have their words as they were written."""
    return {
        "originals": OriginalText.objects.filter(answer__collection=collection.pk).count(),
        "responses": _with_words(collection).count(),
    }


def delete_own_words(collection: Collection) -> None:
    """Inside a transaction: cleared texts stay, with what was hidden; '[…]' stands for all others, so that conditions
    that ask whether something was written hold as before. Digests of submissions tell what was handed in then."""
    OriginalText.objects.filter(answer__collection=collection.pk).delete()
    Coding.objects.filter(answer__collection=collection.pk).update(note="")
    kept = _cleared(collection)
    for response in _with_words(collection).iterator(chunk_size=500):
        names = [*open_answers(instrument_of(response.version_id))]
        _delete_words(response, names, kept.get(str(response.key), {}))
    for answer in OpenAnswer.objects.filter(collection=collection.pk).iterator(chunk_size=2_000):
        answer.text = answer.text if answer.cleared_at else GONE
        answer.source = digest_of(answer.text)
        answer.save(update_fields=["text", "source"])


def _with_words(collection: Collection) -> QuerySet[Response]:
    return Response.objects.filter(collection=collection.pk, words_deleted_at__isnull=True).order_by("key")


def _cleared(collection: Collection) -> dict[str, dict[str, OpenAnswer]]:
    found: dict[str, dict[str, OpenAnswer]] = {}
    for one in OpenAnswer.objects.filter(collection=collection.pk, cleared_at__isnull=False):
        found.setdefault(str(one.response_id), {})[one.name] = one
    return found


def _delete_words(response: Response, names: Some[str], cleared: Mapping[str, OpenAnswer]) -> None:
    def left(name: str, value: object) -> object:
        """What stays of a value: the cleared text if it is made of these words."""
        if name not in names or not isinstance(value, str):
            return value
        own = cleared.get(name)
        return own.text if own is not None and own.source == digest_of(value) else GONE

    def of_values(values: Values) -> dict[str, object]:
        return {name: left(name, value) for name, value in values.items()}

    response.values, response.kept = of_values(response.values), {}
    response.words_deleted_at = timezone.now()
    Response.objects.filter(key=response.key).update(
        values=response.values, kept={}, words_deleted_at=response.words_deleted_at
    )
    for event in response.events.all():
        event.changes = {
            name: [left(name, before), left(name, after)] for name, (before, after) in event.changes.items()
        }
        event.kept, event.conflicts = {}, of_values(event.conflicts)
        event.save(update_fields=["changes", "kept", "conflicts"])
    for submission in response.submissions.all():
        submission.values = of_values(submission.values)
        submission.save(update_fields=["values"])
    for edit in response.edits.filter(name__in=names):
        edit.value = left(edit.name, edit.value)
        edit.save(update_fields=["value"])
