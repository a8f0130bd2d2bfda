"""Open answers in tables: only words that were cleared, and the codes they were given as columns of their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import polars as pl

from barometer.model import CodingScheme, Instrument, SchemeCode, open_answers
from barometer.problems import Place, Problem, Severity
from barometer.questionnaire import STATE, AnswerState
from barometer.web.fieldwork.carrying import Codes, carried
from barometer.web.fieldwork.models import Coding, CodingDecision, Collection, OpenAnswer, Scheme, SchemeVersion
from barometer.web.fieldwork.redacting import digest_of


@dataclass(frozen=True)
class Published:
    """A scheme with the codes of its last published version, and of all published ones by number."""

    scheme: Scheme
    number: int
    versions: Mapping[int, Codes]

    @property
    def coding(self) -> CodingScheme:
        return scheme_of(self.scheme, self.versions[self.number])


@dataclass(frozen=True)
class Coded:
    """Tables with open answers laid over, the schemes they are coded by, and version numbers: answer -> number."""

    answers: pl.DataFrame
    states: pl.DataFrame
    codings: tuple[CodingScheme, ...]
    versions: Mapping[str, int] = field(default_factory=dict)


def lay_over(
    collection: Collection, instruments: Iterable[Instrument], answers: pl.DataFrame, states: pl.DataFrame
) -> Coded:
    """The answers without words that nobody has cleared, whose state is `HELD_BACK`, and with what was hidden; and
    the coded answers behind them: null and `NOT_CODED` until coders, or who settles between them, are done.

    An answer counts as cleared and coded only as long as its words are those that were read.
    """
    known: dict[str, list[Read]] = {}
    names = {name: None for one in instruments for name in open_answers(one) if name in answers.columns}
    for row in _read(collection):
        known.setdefault(row.name, []).append(row)
    codings = [one for one in published_schemes(collection) if one.scheme.answer in names]
    for published in codings:
        rows = known.get(published.scheme.answer, ())
        answers, states = _with_codes(answers, states, published, rows)
    for name in names:
        answers, states = _cleared_only(answers, states, name, known.get(name, ()))
    versions = {one.scheme.answer: one.number for one in codings}
    return Coded(answers, states, tuple(one.coding for one in codings), versions)


def published_schemes(collection: Collection) -> list[Published]:
    found: dict[int, dict[int, Codes]] = {}
    versions = SchemeVersion.objects.filter(scheme__collection=collection.pk, published_at__isnull=False)
    for version in versions.order_by("scheme_id", "number"):
        found.setdefault(version.scheme_id, {})[version.number] = version.codes
    schemes = Scheme.objects.filter(pk__in=found).order_by("answer")
    return [Published(one, max(found[one.pk]), found[one.pk]) for one in schemes]


def published_scheme(scheme: Scheme) -> Published | None:
    versions = scheme.versions.filter(published_at__isnull=False).values_list("number", "codes")
    numbered: dict[int, Codes] = dict(versions)
    return Published(scheme, max(numbered), numbered) if numbered else None


def scheme_of(scheme: Scheme, codes: Iterable[Mapping[str, Any]]) -> CodingScheme:
    """As the library knows it."""
    made = (SchemeCode(**{**one, "was": tuple(one["was"])}) for one in codes)
    return CodingScheme(scheme.answer, tuple(made), scheme.multiple)


def settled_codes(published: Published) -> dict[UUID, tuple[str, ...]]:
    """Key of an answer -> its codes in the last version: those decided, else those all its coders agree on.

    Answers that a coder still has to code, or has to look at again, and unsettled disagreements are not there.
    """
    found: dict[UUID, tuple[str, ...]] = {}
    for key, given in codings_of(published).items():
        first = next(iter(given.values()))
        if first is not None and all(one == first for one in given.values()):
            found[key] = first
    return found | {key: codes for key, codes in decided_codes(published).items() if codes is not None}


def codings_of(published: Published) -> dict[UUID, dict[str, tuple[str, ...] | None]]:
    """Key of an answer -> coder -> codes in the last version; None while the coder has it before them."""
    found: dict[UUID, dict[str, tuple[str, ...] | None]] = {}
    rows = Coding.objects.filter(scheme=published.scheme).order_by("coder")
    fields = ("answer_id", "coder", "state", "codes", "version__number")
    for key, coder, state, codes, number in rows.values_list(*fields):
        now = carried(codes, number, published.versions) if state == "coded" and number is not None else None
        found.setdefault(key, {})[coder] = now
    return found


def decided_codes(published: Published) -> dict[UUID, tuple[str, ...] | None]:
    """Key of an answer -> the codes decided; None where a later version asks to decide again."""
    rows = CodingDecision.objects.filter(scheme=published.scheme).values_list("answer_id", "codes", "version__number")
    return {key: carried(codes, number, published.versions) for key, codes, number in rows}


def coding_problems(
    published: tuple[CodingScheme, ...], wanted: tuple[CodingScheme, ...], states: pl.DataFrame, place: Place
) -> list[Problem]:
    """What keeps the schemes of an edition's folder from being filled (C072), and codes without a place (C073) or
    answers not coded yet (C074), which are warnings."""
    known = {one.answer: one for one in published}
    problems = []
    for scheme in wanted:
        own, way_out = known.pop(scheme.answer, None), "Download the published scheme into the folder's coding/."
        if own is None:
            found = f"'{scheme.answer}' has no published scheme"
            problems.append(Problem("C072", place, found, "the scheme of the folder, published", way_out))
        elif (own.multiple, set(own.ids)) != (scheme.multiple, set(scheme.ids)):
            odd = ", ".join(sorted({*own.ids} ^ {*scheme.ids})) or "multiple"
            problems.append(Problem("C072", place, f"'{scheme.answer}': different {odd}", "the same codes", way_out))
        else:
            columns = [name for name in states.columns if name.split(".")[0] == scheme.question_id]
            waiting = (states[columns[0]] == AnswerState.NOT_CODED.value).sum() if columns else 0
            if waiting:
                found, way_out = f"{waiting} answers to '{scheme.answer}'", "Code them, or settle the disagreements."
                problems.append(Problem("C074", place, found, "codes", way_out, Severity.WARNING))
    for answer in known:
        way_out = "Download its scheme into the folder's coding/, if tables are to use it."
        problems.append(
            Problem("C073", place, f"'{answer}' is coded", "a scheme in the folder", way_out, Severity.WARNING)
        )
    return problems


@dataclass(frozen=True)
class Read:
    """An open answer as the tables need it."""

    key: UUID
    case_id: str
    name: str
    source: str
    text: str
    cleared: bool


def _read(collection: Collection) -> list[Read]:
    found = OpenAnswer.objects.filter(collection=collection.pk).order_by("case_id", "name")
    fields = ("key", "case_id", "name", "source", "text", "cleared_at")
    return [
        Read(key, case_id, name, source, text, at is not None)
        for key, case_id, name, source, text, at in found.values_list(*fields)
    ]


def _current(answers: pl.DataFrame, name: str, rows: Sequence[Read]) -> dict[str, Read]:
    """By case, those whose words are still the ones that were read."""
    sources = {row.case_id: row for row in rows}
    given = answers.select("case_id", name).drop_nulls().filter(pl.col("case_id").is_in(list(sources)))
    return {case_id: sources[case_id] for case_id, text in given.rows() if digest_of(text) == sources[case_id].source}


def _cleared_only(
    answers: pl.DataFrame, states: pl.DataFrame, name: str, rows: Sequence[Read]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    current = _current(answers, name, rows)
    texts = {case_id: row.text for case_id, row in current.items() if row.cleared}
    shown = pl.col("case_id").replace_strict(texts, default=None, return_dtype=pl.String)
    held = pl.lit(AnswerState.HELD_BACK.value, dtype=STATE)
    answered = (pl.col(name) == AnswerState.ANSWERED.value) & ~pl.col("case_id").is_in(list(texts))
    return (
        answers.with_columns(shown.alias(name)),
        states.with_columns(pl.when(answered).then(held).otherwise(pl.col(name)).alias(name)),
    )


def _with_codes(
    answers: pl.DataFrame, states: pl.DataFrame, published: Published, rows: Sequence[Read]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The columns of the coded answer, right behind the words; 'question' or, with several codes, 'question.code'."""
    name, scheme = published.scheme.answer, published.coding
    settled = settled_codes(published)
    current = _current(answers, name, rows)
    codes = {case_id: settled[row.key] for case_id, row in current.items() if row.key in settled}
    coded = pl.col("case_id").is_in(list(codes))
    case_id, nothing = pl.col("case_id"), pl.lit(None, dtype=pl.Boolean)
    if scheme.multiple:
        with_code = {code: [case for case, given in codes.items() if code in given] for code in scheme.ids}
        columns = [
            pl.when(coded).then(case_id.is_in(cases)).otherwise(nothing).alias(f"{scheme.question_id}.{code}")
            for code, cases in with_code.items()
        ]
    else:
        single = {case: given[0] for case, given in codes.items()}
        columns = [
            case_id.replace_strict(single, default=None, return_dtype=pl.String).alias(scheme.question_id),
        ]
    waits = pl.lit(AnswerState.NOT_CODED.value, dtype=STATE)
    state = pl.when((pl.col(name) == AnswerState.ANSWERED.value) & ~coded).then(waits).otherwise(pl.col(name))
    added = answers.with_columns(columns)
    names = [one for one in added.columns if one not in answers.columns]
    place = answers.columns.index(name) + 1
    order = [*answers.columns[:place], *names, *answers.columns[place:]]
    place = states.columns.index(name) + 1
    order_states = [*states.columns[:place], *names, *states.columns[place:]]
    return added.select(order), states.with_columns([state.alias(one) for one in names]).select(order_states)
