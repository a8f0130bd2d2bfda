"""The answers of a collection as one table: the union of its questionnaires' versions, pseudonymised.

Which cases: those not withdrawn that handed in, with the last complete submission, and those whose started
questionnaire was kept as a partial when the collection closed (see `harvest`). Values are those on the path.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import polars as pl
from django.db.models import QuerySet

from barometer.model import CodingScheme, Instrument, open_answers, with_codings
from barometer.problems import BadInput, Place, Problem, Severity, raise_errors
from barometer.questionnaire import STATE, answer_columns, answers_table, count_answers
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Case, Collection, Edit, InstrumentVersion, Response, Submission
from barometer.web.fieldwork.queries.coded import coding_problems, lay_over
from barometer.web.fieldwork.redacting import GONE

LAYERS = ("collected", "edited")
BATCH = 1000

_CASES = {
    "case_id": pl.String,
    "unit_id": pl.String,
    "stratum": pl.String,
    "design_weight": pl.Float64,
    "version": pl.Int64,
    "questionnaire": pl.String,  # digest of the version
    "language": pl.String,
    "mode": pl.String,  # web, phone, paper
    "complete": pl.Boolean,
    "handed_in": pl.Date,
}


@dataclass(frozen=True)
class Collected:
    """Answers as they are now.

    `answers`: case_id and the columns of all versions. `states`: the same columns, why each has a value or none.
    `cases`: one row a case in the same order; unit_id, stratum and weight are null where the link was cut.
    `versions`: number -> questionnaire, the first first. `problems`: what checks of each version's own say. Open
    answers, and `codings` of them with their `scheme_versions`, as `lay_over` tells.
    """

    collection: Collection
    layer: str
    versions: Mapping[int, Instrument]
    answers: pl.DataFrame
    states: pl.DataFrame
    cases: pl.DataFrame
    problems: tuple[Problem, ...] = ()
    codings: tuple[CodingScheme, ...] = ()
    scheme_versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def measured(self) -> dict[int, Instrument]:
        """The versions with the coded answers."""
        return {number: with_codings(one, self.codings) for number, one in self.versions.items()}

    @property
    def instrument(self) -> Instrument:
        """The last published questionnaire."""
        return self.versions[max(self.versions)]


@dataclass(frozen=True)
class _Row:
    """A submission on its way into the tables."""

    case: dict[str, object]
    values: dict[str, object]
    register: dict[str, object]
    deleted: frozenset[str]


@dataclass
class _Version:
    """The cases of one version, taken into tables a batch at a time, since rows as objects are large."""

    version: InstrumentVersion
    waiting: list[_Row] = field(default_factory=list)
    tables: list[pl.DataFrame] = field(default_factory=list)
    registers: list[pl.DataFrame] = field(default_factory=list)
    cases: list[pl.DataFrame] = field(default_factory=list)
    deleted: dict[str, list[str]] = field(default_factory=dict)  # name of an answer -> cases

    def take(self, row: _Row) -> None:
        self.waiting.append(row)
        if len(self.waiting) == BATCH:
            self.flush()

    def flush(self) -> None:
        rows, self.waiting = self.waiting, []
        ids = [str(row.case["case_id"]) for row in rows]
        values = ({**row.values, "case_id": one, "unit_id": one} for one, row in zip(ids, rows, strict=True))
        self.tables.append(answers_table(instrument_of(self.version.pk), values))
        self.registers.append(_register(self.version, ids, rows))
        self.cases.append(pl.DataFrame([row.case for row in rows], schema=_CASES, orient="row"))
        for one, row in zip(ids, rows, strict=True):
            for name in row.deleted:
                self.deleted.setdefault(name, []).append(one)


def collected(collection: Collection, *, layer: str = "edited", partials: bool = True) -> Collected:
    """Read, lay the edits over (`layer` 'edited'), walk each case's own version, and put the versions together."""
    versions = {
        version.pk: _Version(version)
        for version in InstrumentVersion.objects.filter(collection=collection).order_by("number")
    }
    for pinned, row in _rows(collection, layer, partials):
        versions[pinned].take(row)
    answers, states, cases = [], [], []
    problems: list[Problem] = []
    for one in versions.values():
        one.flush()
        table, state, found = _of_version(one)
        answers.append(table)
        states.append(state)
        cases += one.cases
        problems += found
    known = pl.concat(states, how="diagonal")
    known = known.with_columns(pl.exclude("case_id").fill_null(pl.lit("not_in_version", dtype=STATE)))
    instruments = {one.version.number: instrument_of(one.version.pk) for one in versions.values()}
    together = pl.concat(answers, how="diagonal").sort("case_id")
    coded = lay_over(collection, instruments.values(), together, known.sort("case_id"))
    return Collected(
        collection,
        layer,
        instruments,
        coded.answers,
        coded.states,
        pl.concat(cases).sort("case_id"),
        tuple(problems),
        coded.codings,
        coded.versions,
    )


def for_estimation(
    found: Collected, instrument: Instrument, codings: tuple[CodingScheme, ...] = ()
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The answers in the columns of the edition's questionnaire and its coding schemes, with warnings.

    Words that are held back stand as '[…]', since checks and conditions ask whether there are any. Raises BadInput:
    C060 where the link to the units was cut, C061 where the edition's questionnaire has other columns than the last
    published one, C072 where a scheme is not the published one, A-codes where answers, edited ones most likely, break
    hard rules.
    """
    place = Place(field=found.collection.survey)
    problems = [*found.problems]
    cut = found.cases["unit_id"].null_count()
    if cut:
        way_out = "Use the answers frozen before: they are in the build folder's 'collect'."
        problems.append(Problem("C060", place, f"{cut} cases without their unit", "a unit a case", way_out))
    wanted = answer_columns(instrument)
    if wanted != answer_columns(found.instrument):
        odd = sorted(wanted.keys() ^ answer_columns(found.instrument).keys()) or sorted(wanted)
        way_out = "Publish it as a version on the staff pages, or take the published one back into the folder."
        problems.append(Problem("C061", place, f"different: {', '.join(odd[:5])}", "the same columns", way_out))
    problems += coding_problems(found.codings, codings, found.states, place)
    wanted = answer_columns(with_codings(instrument, codings))
    coded = answer_columns(with_codings(found.instrument, found.codings))
    gone = [name for name in found.answers.columns if name not in ("case_id", *wanted, *coded)]
    for name in gone:
        given = found.states[name].is_in(["answered", "held_back"]) if name in found.states.columns else None
        count = found.answers[name].count() if given is None else given.sum()
        if count:
            out = "Export it with 'barometer export-answers' if it is needed."
            told = f"{count} answers of an earlier version"
            left = Place(field=found.collection.survey, column=name)
            problems.append(Problem("C062", left, told, "a column of the edition", out, Severity.WARNING))
    warnings = raise_errors(problems)
    held = [
        pl.when(found.states[name] == "held_back").then(pl.lit(GONE)).otherwise(pl.col(name)).alias(name)
        for name in open_answers(instrument)
    ]
    keyed = found.answers.with_columns(held).join(
        found.cases.select("case_id", "unit_id"), on="case_id", maintain_order="left"
    )
    return keyed.select("case_id", "unit_id", *wanted), warnings


def case_id_of(response_key: UUID) -> str:
    """The pseudonym of a case: 16 hexadecimal digits made from the response's random key, never from the unit."""
    return hashlib.sha256(b"case " + response_key.bytes).hexdigest()[:16]


def find_collection(edition: str, survey: str) -> Collection:
    """Raises BadInput C001 where the survey was never fielded."""
    found = Collection.objects.filter(edition=edition, survey=survey).first()
    if found is None:
        way_out = f"Run 'barometer field {edition}' first."
        raise BadInput((Problem("C001", Place(field=survey), "no collection", "a fielded survey", way_out),))
    return found


def last_submissions(collection: Collection, *, partials: bool = True) -> QuerySet[Submission]:
    """The submission of each case that counts, in the order of the response keys."""
    wanted = Submission.objects.filter(response__collection=collection.pk).exclude(response__state="withdrawn")
    wanted = wanted.exclude(response__mode=Response.CHECK)  # a second typing of the same paper
    if not partials:
        wanted = wanted.filter(complete=True)
    return wanted.order_by("response_id", "-complete", "-number").distinct("response_id")


def _rows(collection: Collection, layer: str, partials: bool) -> Iterator[tuple[int, _Row]]:
    """Version and row of each case, in the order of the response keys."""
    units = {
        key: (unit, stratum, weight)
        for key, unit, stratum, weight in Case.objects.filter(
            collection=collection, response_key__isnull=False
        ).values_list("response_key", "unit_id", "stratum", "design_weight")
    }
    edits = standing_edits(collection) if layer == "edited" else {}
    latest = last_submissions(collection, partials=partials)
    fields = ("response_id", "response__version_id", "response__version__number", "response__version__digest")
    more = ("response__register", "response__mode", "values", "language", "complete", "at")
    for key, version, number, questionnaire, register, mode, values, language, complete, at in latest.values_list(
        *fields, *more
    ).iterator(chunk_size=2000):
        unit, stratum, weight = units.get(key, (None, None, None))
        case = dict(
            zip(
                _CASES,
                (
                    *(case_id_of(key), unit, stratum, weight, number),
                    *(questionnaire, language, mode, complete, at.date()),
                ),
                strict=True,
            )
        )
        changes = edits.get(key, {})
        kept = {name: value for name, value in {**values, **changes}.items() if value is not None}
        deleted = frozenset(name for name, value in changes.items() if value is None)
        yield version, _Row(case, kept, register, deleted)


def standing_edits(collection: Collection) -> dict[UUID, dict[str, object]]:
    """Response key -> name -> value of the last edit that stands; None deletes."""
    found: dict[UUID, dict[str, object]] = {}
    standing = Edit.objects.filter(response__collection=collection.pk, withdrawn_at__isnull=True).order_by("id")
    for key, name, value in standing.values_list("response_id", "name", "value"):
        found.setdefault(key, {})[name] = value
    return found


def _of_version(own: _Version) -> tuple[pl.DataFrame, pl.DataFrame, tuple[Problem, ...]]:
    """Answers and states of the cases of one version, and what its own rules say of them."""
    complete = pl.concat(own.cases)["complete"]
    found = count_answers(
        instrument_of(own.version.pk), pl.concat(own.registers), pl.concat(own.tables), incomplete=~complete
    )
    own.tables.clear()
    return found.answers, _with_deleted(found.states, own.deleted), found.problems


def _register(version: InstrumentVersion, ids: list[str], rows: list[_Row]) -> pl.DataFrame:
    """The register's values the conditions of the version look at, a row a case."""
    dtypes = {name: pl.Float64 if one["type"] == "number" else pl.String for name, one in version.register.items()}
    columns = {
        name: pl.Series(name, [row.register.get(name) for row in rows], dtype=dtype, strict=False)
        for name, dtype in dtypes.items()
    }
    return pl.DataFrame({"unit_id": pl.Series(ids, dtype=pl.String), **columns})


def _with_deleted(states: pl.DataFrame, gone: Mapping[str, list[str]]) -> pl.DataFrame:
    """Answers an editor took out say so."""
    marks = []
    for name, cases in gone.items():
        for column in _columns_of(name, states.columns):
            without = pl.col(column).is_in(["no_answer", "not_reached"]) & pl.col("case_id").is_in(cases)
            marks.append(pl.when(without).then(pl.lit("deleted", dtype=STATE)).otherwise(pl.col(column)).alias(column))
    return states.with_columns(marks) if marks else states


def _columns_of(name: str, columns: Iterable[str]) -> list[str]:
    """The column of an answer's name, or those of its choices."""
    return [one for one in columns if one == name] or [one for one in columns if one.startswith(f"{name}.")]
