"""Coding schemes: drafted, published as versions that never change, and their work given out to coders."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from barometer.edition import check_coding
from barometer.model import CodingScheme
from barometer.problems import BadInput, Place, Problem, suggestion
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.audit.actions import record
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.carrying import carried
from barometer.web.fieldwork.models import Coding, Collection, OpenAnswer, Scheme, SchemeVersion
from barometer.web.fieldwork.queries.coded import published_scheme
from barometer.web.fieldwork.queries.open_answers import open_questions


@transaction.atomic
def start_scheme(collection: Collection, *, answer: str, multiple: bool, by: str) -> Scheme:
    """A scheme without codes for an open answer that has none. Raises `NotAllowed`."""
    if answer not in open_questions(collection):
        raise NotAllowed(gettext("'%(name)s' is no open answer of this collection") % {"name": answer})
    if Scheme.objects.filter(collection=collection.pk, answer=answer).exists():
        raise NotAllowed(gettext("this answer has a scheme already"))
    seed = int.from_bytes(hashlib.sha256(f"{collection} {answer}".encode()).digest()[:4])
    scheme = Scheme.objects.create(
        collection=collection.pk, answer=answer, multiple=multiple, seed=seed, coders=[by], created_by=by
    )
    _log("coding scheme started", scheme, by, multiple=multiple)
    return scheme


@transaction.atomic
def save_draft(scheme: Scheme, *, coding: CodingScheme, by: str) -> SchemeVersion:
    """Keep codes as the draft of the next version; of a scheme without a published version also whether an answer may
    have several. Raises BadInput with everything wrong in the codes (E-codes; C070)."""
    locked = _locked(scheme)
    collection = Collection.objects.get(pk=scheme.collection)
    check_coding(coding, tuple(collection.languages))
    _check_was(coding, _last(locked))
    last = locked.versions.last()
    codes = [_plain(code) for code in map(asdict, coding.codes)]
    if last is not None and last.published_at is None:
        draft = last
        draft.codes = codes
        draft.save(update_fields=["codes"])
    else:
        draft = SchemeVersion.objects.create(scheme=locked, number=last.number + 1 if last else 1, codes=codes)
    if _last(locked) is None and locked.multiple != coding.multiple:
        locked.multiple = coding.multiple
        locked.save(update_fields=["multiple"])
    _log("coding scheme drafted", locked, by, version=draft.number, codes=len(codes))
    return draft


@transaction.atomic
def drop_draft(scheme: Scheme, *, by: str) -> None:
    deleted, _ = _locked(scheme).versions.filter(published_at__isnull=True).delete()
    if deleted:
        _log("draft of a coding scheme dropped", scheme, by)


@transaction.atomic
def publish_scheme(scheme: Scheme, *, by: str) -> int:
    """The draft becomes the version everybody codes by. Codings whose codes live on stay; the others go back to their
    coders. Gives the number of those. Raises `NotAllowed` without a draft."""
    locked = _locked(scheme)
    draft = locked.versions.filter(published_at__isnull=True).first()
    if draft is None:
        raise NotAllowed(gettext("there is no draft to publish"))
    draft.published_at, draft.published_by = timezone.now(), by
    draft.save(update_fields=["published_at", "published_by"])
    published = published_scheme(locked)
    assert published is not None  # just now
    again = [
        one.pk
        for one in locked.codings.filter(state="coded").select_related("version")
        if one.version is None or carried(one.codes, one.version.number, published.versions) is None
    ]
    Coding.objects.filter(pk__in=again).update(state="waiting")
    give_out(locked)
    _log("coding scheme published", locked, by, version=draft.number, coded_again=len(again))
    return len(again)


@transaction.atomic
def set_work(scheme: Scheme, *, coders: Sequence[str], double_share: float, by: str) -> None:
    """Who codes, and which share of the answers two people code. Raises BadInput C071 for who may not code."""
    locked = _locked(scheme)
    edition = Collection.objects.get(pk=locked.collection).edition
    known = {one.email: one for one in User.objects.prefetch_related("memberships")}
    able = [email for email, user in known.items() if may(user, Permission.CODING, edition)]
    wrong = [one for one in coders if one not in able]
    if wrong:
        way_out = "Give the person the role of a coder."
        raise BadInput(tuple(Problem("C071", Place(field="coders"), f"'{one}'", "a coder", way_out) for one in wrong))
    locked.coders, locked.double_share = sorted(set(coders)), min(max(double_share, 0.0), 1.0)
    locked.save(update_fields=["coders", "double_share"])
    give_out(locked)
    _log("coding work set", locked, by, coders=locked.coders, double_share=locked.double_share)


def give_out(scheme: Scheme) -> None:
    """Give every answer to one coder or, of the share set, to two, by the seed: the same answers go to the same people
    whenever this is done. Nobody loses what they have coded; what they have not begun may go to somebody else."""
    answers = OpenAnswer.objects.filter(collection=scheme.collection, name=scheme.answer)
    wanted: dict[tuple[UUID, str], int] = {}
    for key, case_id in answers.values_list("key", "case_id"):
        for coder in _coders_of(scheme, case_id):
            wanted[key, coder] = int(_draw(scheme.seed, "order", case_id) * 2**31)
    here = {(one.answer_id, one.coder): one for one in scheme.codings.all()}
    idle = [one.pk for key, one in here.items() if key not in wanted and one.state != "coded" and not one.codes]
    Coding.objects.filter(pk__in=idle).delete()
    Coding.objects.bulk_create(
        [
            Coding(scheme=scheme, answer_id=key, coder=coder, place=place)
            for (key, coder), place in wanted.items()
            if (key, coder) not in here
        ],
        batch_size=2_000,
    )


def _coders_of(scheme: Scheme, case_id: str) -> list[str]:
    """The coders an answer draws highest numbers with: adding a coder moves only answers that go to the new one."""
    ranked = sorted(scheme.coders, key=lambda coder: _draw(scheme.seed, case_id, coder))
    twice = _draw(scheme.seed, "twice", case_id) < scheme.double_share
    return ranked[: 2 if twice else 1]


def _draw(seed: int, *parts: str) -> float:
    """A number in [0, 1) that follows from seed and parts."""
    digest = hashlib.sha256("\0".join([str(seed), *parts]).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _check_was(coding: CodingScheme, before: SchemeVersion | None) -> None:
    known = [one["id"] for one in before.codes] if before else []
    problems = [
        Problem(
            "C070", Place(row=row, column="was"), f"'{one}'", "a code of the version before", suggestion(one, known)
        )
        for row, code in enumerate(coding.codes, 1)
        for one in code.was
        if one not in known
    ]
    if problems:
        raise BadInput(tuple(problems))


def _plain(code: dict[str, Any]) -> dict[str, Any]:
    return {**code, "label": dict(code["label"]), "was": list(code["was"])}


def _last(scheme: Scheme) -> SchemeVersion | None:
    return scheme.versions.filter(published_at__isnull=False).last()


def _locked(scheme: Scheme) -> Scheme:
    return Scheme.objects.select_for_update().get(pk=scheme.pk)


def _log(act: str, scheme: Scheme, by: str, **details: object) -> None:
    edition = Collection.objects.get(pk=scheme.collection).edition
    record(act, by=by, edition=edition, subject=f"coding scheme {scheme.pk} {scheme.answer}", **details)
