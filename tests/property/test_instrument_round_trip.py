"""Any instrument survives being written as YAML or as a workbook, and both are the same questionnaire."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from barometer.edition import answer_scope, canonical_json, read_instrument, to_workbook, to_yaml
from barometer.expressions import Scope, Type, Variable, parse_condition, parse_number
from barometer.model import (
    Check,
    Choice,
    Instrument,
    Item,
    Level,
    Missing,
    Page,
    Question,
    QuestionKind,
    Required,
    Section,
    Text,
)
from barometer.problems import Place
from examples import examples

REGISTER: Scope = {
    "sector": Variable("sector", Type.CODE, ("state", "region")),
    "employees": Variable("employees", Type.NUMBER),
}
LANGUAGES = ("da", "en")

phrases = (
    st.one_of(
        st.sampled_from(
            ["=1+1", "yes", "no", "null", "~", "3", "1.50", "- a", "a: b # c", "'", '"', "_x0041_", "#N/A"]
        ),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30),
        st.just("first line\nsecond line\n\n  third"),
    )
    .map(str.strip)
    .filter(bool)
)
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,6}", fullmatch=True).filter(lambda code: code != "missing")
texts = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, phrases))
hints = st.one_of(st.just({}), texts)
routes = st.sampled_from([None, "sector == 'state'", "sector in ('state', 'region') and not sector == 'region'"])


def parsed(source: str | None, scope: Scope = REGISTER):  # type: ignore[no-untyped-def]
    return parse_condition(source, scope, Place()) if source else None


@st.composite
def choices(draw: st.DrawFn, *, ranked: bool = False) -> tuple[Choice, ...]:
    coded = st.tuples(codes, st.none() if ranked else st.one_of(st.none(), st.sampled_from(Missing)))
    return tuple(
        Choice(
            code,
            draw(texts),
            exclusive=not ranked and (missing is not None or draw(st.booleans())),
            missing=missing,
            when=parsed(draw(routes)),
        )
        for code, missing in draw(st.lists(coded, min_size=2, max_size=4, unique_by=lambda pair: pair[0]))
    )


def limits(draw: st.DrawFn, kind: QuestionKind) -> tuple[float | None, float | None]:
    """Limits that fit the kind, or none."""
    low, high = {
        QuestionKind.NUMBER: (-0.25, 1e6),
        QuestionKind.SHARES: (0.0, 99.5),
        QuestionKind.YEAR: (1990.0, 2030.0),
        QuestionKind.DATE: (-1.0, 20_000.0),
        QuestionKind.RANKING: (1.0, 2.0),
        QuestionKind.TEXT: (None, 40.0),
        QuestionKind.LONGTEXT: (None, 4000.0),
    }.get(kind, (None, None))
    return (low if draw(st.booleans()) else None, high if draw(st.booleans()) else None)


@st.composite
def questions(draw: st.DrawFn, number: int, lists: list[tuple[Choice, ...]]) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    chosen: tuple[Choice, ...] = ()
    if kind in (QuestionKind.SINGLE, QuestionKind.MULTI):
        opens = draw(st.booleans())
        chosen = tuple(replace(choice, opens_text=opens) for choice in draw(st.sampled_from(lists)))
    elif kind is QuestionKind.GRID:
        chosen = draw(st.sampled_from(lists))
    elif kind is QuestionKind.RANKING:
        chosen = draw(choices(ranked=True))
    items = draw(st.lists(st.integers(0, 9), min_size=2, max_size=3, unique=True))
    measured = kind in (QuestionKind.NUMBER, QuestionKind.SHARES, QuestionKind.COMPUTED)
    coded = kind in (QuestionKind.SINGLE, QuestionKind.MULTI, QuestionKind.GRID, QuestionKind.CONSENT)
    unasked = kind in (QuestionKind.INFORMATION, QuestionKind.COMPUTED)
    low, high = limits(draw, kind)
    return Question(
        id=f"q{number}",
        kind=kind,
        text=draw(texts),
        hint=draw(hints),
        choices=chosen,
        items=tuple(Item(f"i{item}", draw(texts), parsed(draw(routes))) for item in items)
        if kind in (QuestionKind.GRID, QuestionKind.SHARES)
        else (),
        when=parsed(draw(routes)),
        required=Required.NO if unasked else draw(st.sampled_from(Required)),
        minimum=low,
        maximum=high,
        decimals=draw(st.integers(0, 3)) if measured else 0,
        unit=draw(hints) if measured else {},
        concept=draw(st.sampled_from(["", "INC_PROD"])),
        core=draw(st.booleans()),
        definition=draw(hints),
        total=draw(st.sampled_from([100.0, 1.0, 37.5])) if kind is QuestionKind.SHARES else None,
        expression=parse_number("employees / 2", REGISTER, Place()) if kind is QuestionKind.COMPUTED else None,
        missing=() if coded or unasked else draw(st.sampled_from([(), tuple(Missing), (Missing.REFUSED,)])),
        prefill="employees" if kind in (QuestionKind.NUMBER, QuestionKind.YEAR) and draw(st.booleans()) else "",
    )


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    lists = [draw(choices()) for _ in range(2)]
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    title: Text = draw(texts)
    sections = draw(st.sampled_from([(), (Section("one", title), Section("two", title))]))
    pages = tuple(
        Page(
            f"page_{page}",
            draw(texts),
            tuple(draw(questions(10 * page + number, lists)) for number in range(size)),
            parsed(draw(routes)),
            sections[page].id if sections else "",
        )
        for page, size in enumerate(sizes)
    )
    version = draw(phrases.map(lambda text: " ".join(text.split())))
    instrument = Instrument("any", version, title, LANGUAGES, pages, sections=sections)
    scope = {**REGISTER, **answer_scope(instrument)}
    named = [name for name in answer_scope(instrument) if all(part.isidentifier() for part in name.split("."))]
    checks = tuple(
        Check(f"check_{number}", parsed(f"answered({name})", scope), draw(st.sampled_from(Level)), draw(texts))
        for number, name in enumerate(named[:2])
    )
    return replace(instrument, checks=checks, introduction=draw(hints))


@examples(25)
@given(instruments())
def test_yaml_reads_back_to_the_same_instrument(instrument: Instrument) -> None:
    read = read_instrument("any.yaml", to_yaml(instrument), REGISTER, LANGUAGES)

    assert replace(read, digest="") == instrument


@examples(8)
@given(instruments())
def test_a_workbook_and_yaml_are_the_same_questionnaire(instrument: Instrument) -> None:
    workbook = to_workbook(instrument)
    from_workbook = read_instrument("any.xlsx", workbook, REGISTER, LANGUAGES)
    from_yaml = read_instrument("any.yaml", to_yaml(instrument), REGISTER, LANGUAGES)

    assert from_workbook == from_yaml
    assert canonical_json(from_workbook) == canonical_json(from_yaml)
    assert to_workbook(from_workbook) == workbook
