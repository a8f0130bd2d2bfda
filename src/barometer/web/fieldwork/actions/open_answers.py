"""Open answers: taken from what was handed in, made unable to tell who wrote them, and cleared for analysis."""

from collections.abc import Collection as Some
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.models import Collection, OpenAnswer, OriginalText
from barometer.web.fieldwork.queries.open_answers import words_of_respondents
from barometer.web.fieldwork.redacting import KINDS, digest_of, hide_typed, hide_words, not_found, words_of


@dataclass(frozen=True)
class TakenIn:
    """Answers that are new, whose words have changed since, and that were withdrawn or edited away."""

    new: int
    changed: int
    gone: int


@transaction.atomic
def take_in(collection: Collection, *, by: str) -> TakenIn:
    """Take every open answer handed in so far to where it is read and coded. May be repeated.

    Where the words have changed, the answer begins anew: uncleared, uncoded.
    """
    here = {(one.response_id, one.name): one for one in OpenAnswer.objects.filter(collection=collection.pk)}
    fresh: list[OpenAnswer] = []
    gone = dict(here)
    changed = 0
    for one in words_of_respondents(collection):
        source = digest_of(one.text)
        known = gone.get((one.response_key, one.name))
        if known is not None and known.source == source:
            gone.pop((one.response_key, one.name))
            continue
        changed += known is not None
        fresh.append(
            OpenAnswer(
                response_id=one.response_key,
                collection=collection.pk,
                case_id=one.case_id,
                name=one.name,
                language=one.language,
                text=one.text,
                source=source,
            )
        )
    OpenAnswer.objects.filter(pk__in=[one.pk for one in gone.values()]).delete()
    OpenAnswer.objects.bulk_create(fresh, batch_size=2_000)
    counts = TakenIn(len(fresh) - changed, changed, len(gone) - changed)
    if fresh or gone:
        subject = f"collection {collection.pk}"
        record("open answers taken in", by=by, edition=collection.edition, subject=subject, **asdict(counts))
    return counts


@transaction.atomic
def hide(answer: OpenAnswer, *, seen: str, places: Some[int], typed: str, kind: str, by: str) -> None:
    """Put '[kind]' in place of words: those at `places` of the text as `seen` (its digest), and each line `typed`.

    What the text said before goes to the restricted table. Raises `NotAllowed`.
    """
    locked = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if digest_of(locked.text) != seen:
        raise NotAllowed(gettext("somebody else has changed this text meanwhile; look at it again"))
    if kind not in KINDS or not (lines or places) or any(one >= len(words_of(locked.text)) for one in places):
        raise NotAllowed(gettext("mark a word or type what to hide, and say what it is"))
    if missing := not_found(locked.text, lines):
        raise NotAllowed(gettext("the text does not have: %(words)s") % {"words": ", ".join(missing)})
    OriginalText.objects.get_or_create(answer=locked, defaults={"text": locked.text})
    locked.text = hide_typed(hide_words(locked.text, places, kind), lines, kind)
    locked.save(update_fields=["text"])
    _log("words hidden", locked, by, kind=kind, places=len(places) + len(lines))


@transaction.atomic
def clear(answer: OpenAnswer, *, seen: str, by: str) -> None:
    """Say that the text as `seen` (its digest) tells of nobody: from now on it is in exports. Raises `NotAllowed`."""
    locked = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    if digest_of(locked.text) != seen:
        raise NotAllowed(gettext("somebody else has changed this text meanwhile; look at it again"))
    if locked.cleared_at is None:
        locked.cleared_at, locked.cleared_by = timezone.now(), by
        locked.save(update_fields=["cleared_at", "cleared_by"])
        _log("open answer cleared", locked, by)


@transaction.atomic
def hold_back(answer: OpenAnswer, *, by: str) -> None:
    """Take the clearing back: the text is not exported any more."""
    locked = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    if locked.cleared_at is not None:
        locked.cleared_at, locked.cleared_by = None, ""
        locked.save(update_fields=["cleared_at", "cleared_by"])
        _log("open answer held back", locked, by)


@transaction.atomic
def look_up(answer: OpenAnswer, *, reason: str, by: str) -> str:
    """What the text said before anything was hidden. Every look is in the log with its reason. Raises `NotAllowed`."""
    if not reason.strip():
        raise NotAllowed(gettext("say why you need to see it"))
    original = OriginalText.objects.filter(answer=answer).first()
    _log("original text looked up", answer, by, reason=reason.strip())
    return original.text if original else answer.text


@transaction.atomic
def restore(answer: OpenAnswer, *, reason: str, by: str) -> None:
    """Undo everything that was hidden; the text waits to be cleared again. Raises `NotAllowed`."""
    text = look_up(answer, reason=reason, by=by)
    locked = OpenAnswer.objects.select_for_update().get(pk=answer.pk)
    OriginalText.objects.filter(answer=locked).delete()
    locked.text, locked.cleared_at, locked.cleared_by = text, None, ""
    locked.save(update_fields=["text", "cleared_at", "cleared_by"])
    _log("original text restored", locked, by)


def _log(act: str, answer: OpenAnswer, by: str, **details: object) -> None:
    """Which answer, never its words."""
    edition = Collection.objects.get(pk=answer.collection).edition
    subject = f"open answer {answer.case_id} {answer.name}"
    record(act, by=by, edition=edition, subject=subject, **details)
