"""Any instrument survives being written as YAML or as a workbook, and both are the same questionnaire."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from barometer.edition import answer_scope, canonical_json, read_instrument, to_workbook, to_yaml
from barometer.expressions import Scope, Type, Variable, parse_condition
from barometer.model import Check, Choice, Instrument, Item, Missing, Page, Question, QuestionKind, Required, Text
from barometer.problems import Place

REGISTER: Scope = {"sector": Variable("sector", Type.CODE, ("state", "region"))}
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
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+-]{0,6}", fullmatch=True)
texts = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, phrases))
hints = st.one_of(st.just({}), texts)
routes = st.sampled_from([None, "sector == 'state'", "sector in ('state', 'region') and not sector == 'region'"])


def parsed(source: str | None, scope: Scope = REGISTER):  # type: ignore[no-untyped-def]
    return parse_condition(source, scope, Place()) if source else None


@st.composite
def choices(draw: st.DrawFn, fewest: int) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            code,
            draw(texts),
            exclusive=True if missing else draw(st.booleans()),
            missing=missing,
            when=parsed(draw(routes)),
        )
        for code, missing in draw(
            st.lists(
                st.tuples(codes, st.one_of(st.none(), st.sampled_from(Missing))),
                min_size=fewest,
                max_size=4,
                unique_by=lambda pair: pair[0],
            )
        )
    )


@st.composite
def questions(draw: st.DrawFn, number: int, lists: list[tuple[Choice, ...]]) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    chosen = kind in (QuestionKind.SINGLE, QuestionKind.MULTI, QuestionKind.GRID)
    items = draw(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True))
    limited = kind in (QuestionKind.NUMBER, QuestionKind.TEXT, QuestionKind.LONGTEXT)
    return Question(
        id=f"q{number}",
        kind=kind,
        text=draw(texts),
        hint=draw(hints),
        choices=draw(st.sampled_from(lists)) if chosen else (),
        items=tuple(Item(f"i{item}", draw(texts), parsed(draw(routes))) for item in items)
        if kind is QuestionKind.GRID
        else (),
        when=parsed(draw(routes)),
        required=Required.NO if kind is QuestionKind.INFORMATION else draw(st.sampled_from(Required)),
        minimum=draw(st.one_of(st.none(), st.just(-0.25))) if kind is QuestionKind.NUMBER else None,
        maximum=draw(st.one_of(st.none(), st.just(1e6))) if limited else None,
        decimals=draw(st.integers(0, 3)) if kind is QuestionKind.NUMBER else 0,
        unit=draw(hints) if kind is QuestionKind.NUMBER else {},
        concept=draw(st.sampled_from(["", "INC_PROD"])),
        core=draw(st.booleans()),
    )


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    lists = [draw(choices(2)) for _ in range(2)]
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    title: Text = draw(texts)
    pages = tuple(
        Page(
            f"page_{page}",
            draw(texts),
            tuple(draw(questions(10 * page + number, lists)) for number in range(size)),
            parsed(draw(routes)),
        )
        for page, size in enumerate(sizes)
    )
    instrument = Instrument("any", draw(phrases.map(lambda text: " ".join(text.split()))), title, LANGUAGES, pages)
    scope = {**REGISTER, **answer_scope(instrument)}
    checks = tuple(
        Check(f"check_{number}", parsed(f"answered({name})", scope), draw(st.booleans()), draw(texts))
        for number, name in enumerate(list(answer_scope(instrument))[:2])
    )
    return replace(instrument, checks=checks, introduction=draw(hints))


@settings(max_examples=25, deadline=None)
@given(instruments())
def test_yaml_reads_back_to_the_same_instrument(instrument: Instrument) -> None:
    read = read_instrument("any.yaml", to_yaml(instrument), REGISTER, LANGUAGES)

    assert replace(read, digest="") == instrument


@settings(max_examples=8, deadline=None)
@given(instruments())
def test_a_workbook_and_yaml_are_the_same_questionnaire(instrument: Instrument) -> None:
    workbook = to_workbook(instrument)
    from_workbook = read_instrument("any.xlsx", workbook, REGISTER, LANGUAGES)
    from_yaml = read_instrument("any.yaml", to_yaml(instrument), REGISTER, LANGUAGES)

    assert from_workbook == from_yaml
    assert canonical_json(from_workbook) == canonical_json(from_yaml)
    assert to_workbook(from_workbook) == workbook
