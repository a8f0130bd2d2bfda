"""Coding: what there is to code, how far coders are, how well they agree, and what they disagree on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from barometer.estimation import Agreement, agreement, by_code, confusions, masi, nominal
from barometer.model import CodingScheme, Question
from barometer.web.fieldwork.models import Coding, CodingDecision, Collection, OpenAnswer, Scheme, SchemeVersion
from barometer.web.fieldwork.queries.coded import Published, codings_of, decided_codes, published_scheme, scheme_of
from barometer.web.fieldwork.queries.open_answers import Clearing, clearing_of, open_questions

DRAWS = 1000


@dataclass(frozen=True)
class Progress:
    """How far one coder is."""

    coder: str
    answers: int
    coded: int
    skipped: int
    unsure: int

    @property
    def left(self) -> int:
        return self.answers - self.coded


@dataclass(frozen=True)
class OpenQuestion:
    """An open answer of a collection as the overview lists it."""

    name: str
    question: Question
    clearing: Clearing
    scheme: Scheme | None
    version: int | None
    progress: tuple[Progress, ...]
    disputed: int

    @property
    def coded(self) -> int:
        return sum(one.coded for one in self.progress)

    @property
    def given_out(self) -> int:
        return sum(one.answers for one in self.progress)


@dataclass(frozen=True)
class Dispute:
    """An answer on which coders disagree: who said what, and what was decided."""

    answer: OpenAnswer
    codings: tuple[Coding, ...]
    codes: Mapping[str, tuple[str, ...]]  # coder -> codes in the last version
    decision: CodingDecision | None


@dataclass(frozen=True)
class Agreed:
    """Agreement of a scheme's coders on its last version."""

    all: Agreement
    codes: Mapping[str, Agreement]
    confusions: tuple[tuple[frozenset[str], frozenset[str], int], ...]


def overview(collection: Collection) -> list[OpenQuestion]:
    """Every open answer of the collection, in the order of asking."""
    clearing = clearing_of(collection)
    schemes = {one.answer: one for one in Scheme.objects.filter(collection=collection.pk)}
    rows = []
    for name, question in open_questions(collection).items():
        scheme = schemes.get(name)
        published = published_scheme(scheme) if scheme else None
        rows.append(
            OpenQuestion(
                name,
                question,
                clearing.get(name, Clearing(0, 0)),
                scheme,
                published.number if published else None,
                progress_of(scheme) if scheme else (),
                len(disputed_keys(published, open_only=True)) if published else 0,
            )
        )
    return rows


def progress_of(scheme: Scheme) -> tuple[Progress, ...]:
    """By coder, those without work too."""
    found: dict[str, list[tuple[str, bool]]] = {coder: [] for coder in scheme.coders}
    for coder, state, unsure in scheme.codings.values_list("coder", "state", "unsure"):
        found.setdefault(coder, []).append((state, unsure))
    return tuple(
        Progress(
            coder,
            len(rows),
            sum(state == "coded" for state, _ in rows),
            sum(state == "skipped" for state, _ in rows),
            sum(unsure for _, unsure in rows),
        )
        for coder, rows in sorted(found.items())
    )


def still_to_code(scheme: Scheme, coder: str) -> int:
    return scheme.codings.filter(coder=coder).exclude(state="coded").count()


def next_coding(scheme: Scheme, coder: str) -> Coding | None:
    """What the coder codes next: answers not begun as they lie in the pile, then the skipped, the longest ago first."""
    mine = scheme.codings.filter(coder=coder)
    return mine.filter(state="waiting").first() or mine.filter(state="skipped").order_by("at").first()


def coding_before(coding: Coding) -> Coding | None:
    """What the coder coded last before this one, to go back to it; of a coding that waits, the last of all."""
    mine = coding.scheme.codings.filter(coder=coding.coder, state="coded").exclude(pk=coding.pk)
    if coding.state == "coded" and coding.at is not None:
        mine = mine.filter(at__lt=coding.at)
    return mine.order_by("-at").first()


def draft_of(scheme: Scheme) -> SchemeVersion | None:
    return scheme.versions.filter(published_at__isnull=True).first()


def coding_scheme(scheme: Scheme, version: SchemeVersion | None) -> CodingScheme:
    """A version as the library knows it; without one, a scheme without codes."""
    return scheme_of(scheme, version.codes if version else [])


def agreed(published: Published) -> Agreed:
    """Percent, kappa and alpha with intervals; of sets of codes, alpha counts codes in common (MASI)."""
    units = _units(published)
    rng = np.random.default_rng([published.scheme.seed, published.number])
    distance = masi if published.scheme.multiple else nominal
    used = {code for unit in units for one in unit if one is not None for code in one}
    codes = [code for code in published.coding.ids if code in used]
    return Agreed(
        agreement(units, distance=distance, rng=rng, draws=DRAWS),
        by_code(units, codes, rng=rng, draws=DRAWS),
        confusions(units),
    )


def disputed_keys(published: Published, *, open_only: bool = False) -> list[UUID]:
    """Answers whose coders have all coded them, and not alike; in the order of their keys. `open_only`: without a
    decision that still holds."""
    decided = decided_codes(published) if open_only else {}
    return sorted(
        key
        for key, given in codings_of(published).items()
        if None not in given.values() and len(set(given.values())) > 1 and decided.get(key) is None
    )


def is_disputed(scheme: Scheme, answer: OpenAnswer) -> bool:
    published = published_scheme(scheme)
    return published is not None and answer.key in disputed_keys(published)


def dispute(published: Published, answer: OpenAnswer) -> Dispute:
    codings = tuple(Coding.objects.filter(scheme=published.scheme, answer=answer).order_by("coder"))
    given = codings_of(published).get(answer.key, {})
    decision = CodingDecision.objects.filter(scheme=published.scheme, answer=answer).first()
    return Dispute(answer, codings, {coder: codes or () for coder, codes in given.items()}, decision)


def labels_of(codes: Sequence[Mapping[str, Any]], language: str) -> dict[str, str]:
    """Id of a code -> its label in the language, or the first it has."""
    return {one["id"]: one["label"].get(language) or next(iter(one["label"].values()), one["id"]) for one in codes}


def _units(published: Published) -> list[list[frozenset[str] | None]]:
    """Answers coded by at least two, a place a coder in the order of their addresses."""
    found = codings_of(published)
    return [
        [frozenset(codes) if codes is not None else None for _, codes in sorted(given.items())]
        for _, given in sorted(found.items())
        if sum(codes is not None for codes in given.values()) > 1
    ]
