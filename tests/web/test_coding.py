"""Open answers: taken in, coded by two, settled, made anonymous, and laid over the tables of answers."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from desk import member
from fielded import add_case, every_kind, field_collection
from test_collect import FULL, handed_in

from barometer.model import CodingScheme, SchemeCode, with_codings
from barometer.problems import BadInput
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.coding import decide, save_coding, skip
from barometer.web.fieldwork.actions.coding_schemes import (
    drop_draft,
    publish_scheme,
    save_draft,
    set_work,
    start_scheme,
)
from barometer.web.fieldwork.actions.editing import add_edit
from barometer.web.fieldwork.actions.exporting import export_collection
from barometer.web.fieldwork.actions.open_answers import clear, hide, hold_back, look_up, restore, take_in
from barometer.web.fieldwork.models import Coding, Collection, OpenAnswer, OriginalText, Response, Scheme, SchemeVersion
from barometer.web.fieldwork.queries.answers import collected, for_estimation
from barometer.web.fieldwork.queries.coded import published_scheme, settled_codes
from barometer.web.fieldwork.queries.coding import (
    agreed,
    coding_before,
    disputed_keys,
    next_coding,
    overview,
    progress_of,
    still_to_code,
)
from barometer.web.fieldwork.queries.open_answers import clearing_of, next_to_clear, not_taken_in
from barometer.web.fieldwork.redacting import digest_of

pytestmark = pytest.mark.django_db

LANGUAGES = ("da", "nb", "sv", "en")
ANN, BEN, IDA = "ann@example.org", "ben@example.org", "ida@example.org"


def code(name: str, *was: str) -> SchemeCode:
    return SchemeCode(name, {one: f"{name} {one}" for one in LANGUAGES}, "", "", was)


def coding(*codes: SchemeCode, multiple: bool = False) -> CodingScheme:
    return CodingScheme("comment", codes, multiple)


MONEY_TIME = coding(code("money"), code("time"), code("law"))


@pytest.fixture
def coders(db: None) -> None:
    for name in ("ann", "ben"):
        member("coder", name=name)
    member("analyst")


@pytest.fixture
def written(coders: None) -> Collection:
    """Twelve have handed in, each with a comment of their own."""
    collection = field_collection(every_kind(), cases=0)
    for number in range(12):
        handed_in(add_case(collection), {**FULL, "comment": f"It was Kari Holm, number {number}"})
    take_in(collection, by=IDA)
    return collection


def publish(collection: Collection, given: CodingScheme, *, share: float = 1.0) -> Scheme:
    scheme = start_scheme(collection, answer="comment", multiple=given.multiple, by=IDA)
    save_draft(scheme, coding=given, by=IDA)
    set_work(scheme, coders=[ANN, BEN], double_share=share, by=IDA)
    publish_scheme(scheme, by=IDA)
    scheme.refresh_from_db()
    return scheme


def put(one: Coding, *codes: str, version: int = 1, **more: Any) -> None:
    save_coding(one, version=version, codes=codes, **{"unsure": False, "note": "", "by": one.coder, **more})


def code_all(scheme: Scheme, coder: str, *codes: str) -> None:
    """The coder's answers in their order, the codes over and over."""
    for number, one in enumerate(scheme.codings.filter(coder=coder)):
        put(one, codes[number % len(codes)])


def comments(collection: Collection) -> list[OpenAnswer]:
    return list(OpenAnswer.objects.filter(collection=collection.pk, name="comment").order_by("case_id"))


def test_every_text_and_text_beside_a_choice_is_taken_in_once(written: Collection) -> None:
    assert {name: one.answers for name, one in clearing_of(written).items()} == {
        "comment": 12,
        "partners.others.text": 12,
    }
    before = set(OpenAnswer.objects.values_list("key", flat=True))
    assert take_in(written, by=IDA).new == 0
    assert set(OpenAnswer.objects.values_list("key", flat=True)) == before
    assert not_taken_in(written) == 0


def test_words_that_change_begin_anew_and_withdrawn_ones_go(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    first, second = Response.objects.order_by("key")[:2]
    put(scheme.codings.filter(answer__response=first)[0], "money")
    add_edit(first, name="comment", written=["Something else"], reason="slip", by=IDA)
    Response.objects.filter(key=second.key).update(state="withdrawn")
    assert not_taken_in(written) == 1
    counts = take_in(written, by=IDA)
    assert (counts.new, counts.changed, counts.gone) == (0, 1, 2)
    assert OpenAnswer.objects.get(response=first, name="comment").text == "Something else"
    assert not Coding.objects.filter(answer__response=first).exists()


def test_the_log_tells_of_acts_and_never_of_words(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    answer = comments(written)[0]
    hide(answer, seen=digest_of(answer.text), places=[2, 3], typed="", kind="name", by=ANN)
    answer.refresh_from_db()
    clear(answer, seen=digest_of(answer.text), by=ANN)
    put(scheme.codings.filter(coder=ANN)[0], "money", note="Kari Holm")
    told = [(one.act, str(one.details) + one.subject) for one in Event.objects.all()]
    acts = {act for act, _ in told}
    assert acts >= {"open answers taken in", "words hidden", "open answer cleared", "answer coded"}
    assert not any("Kari" in details or "money" in details for _, details in told)


# Schemes and their versions


def test_a_scheme_is_published_once_its_codes_are_right(written: Collection) -> None:
    scheme = start_scheme(written, answer="comment", multiple=False, by=IDA)
    with pytest.raises(NotAllowed):
        publish_scheme(scheme, by=IDA)
    with pytest.raises(BadInput) as bad:
        save_draft(scheme, coding=coding(code("Money"), replace(code("time"), label={"da": "tid"})), by=IDA)
    assert {one.code for one in bad.value.problems} == {"E007", "E006"}
    save_draft(scheme, coding=MONEY_TIME, by=IDA)
    save_draft(scheme, coding=MONEY_TIME, by=IDA)
    assert scheme.versions.count() == 1
    publish_scheme(scheme, by=IDA)
    version = scheme.versions.get()
    assert version.published_by == IDA and version.published_at is not None


def test_only_open_answers_get_schemes_and_one_each(written: Collection) -> None:
    with pytest.raises(NotAllowed):
        start_scheme(written, answer="hours", multiple=False, by=IDA)
    start_scheme(written, answer="comment", multiple=False, by=IDA)
    with pytest.raises(NotAllowed):
        start_scheme(written, answer="comment", multiple=False, by=IDA)


def test_a_published_version_stays_and_the_next_is_a_draft_that_can_be_dropped(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    save_draft(scheme, coding=coding(code("money"), multiple=True), by=IDA)
    assert [len(one.codes) for one in scheme.versions.all()] == [3, 1]
    scheme.refresh_from_db()
    assert scheme.multiple is False
    drop_draft(scheme, by=IDA)
    assert SchemeVersion.objects.get().number == 1


def test_a_new_version_says_which_codes_its_codes_were(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    with pytest.raises(BadInput) as bad:
        save_draft(scheme, coding=coding(code("a", "money", "gold")), by=IDA)
    assert [(one.code, one.found) for one in bad.value.problems] == [("C070", "'gold'")]


def test_codings_live_on_in_a_new_version_unless_their_code_was_split_or_dropped(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME, share=0)
    mine = list(scheme.codings.all())
    for one, given in zip(mine, ("money", "time", "law", "money"), strict=False):
        put(one, given)
    new = coding(code("funds", "money"), code("hours", "time"), code("haste", "time"))
    save_draft(scheme, coding=new, by=IDA)
    assert publish_scheme(scheme, by=IDA) == 2
    published = published_scheme(scheme)
    assert published is not None
    assert settled_codes(published) == {mine[0].answer_id: ("funds",), mine[3].answer_id: ("funds",)}
    states = {one.pk: (one.state, one.codes) for one in scheme.codings.all()}
    assert states[mine[0].pk] == ("coded", ["money"])
    assert states[mine[1].pk] == ("waiting", ["time"]) and states[mine[2].pk] == ("waiting", ["law"])
    with pytest.raises(NotAllowed):
        put(mine[1], "hours", version=1)
    put(mine[1], "hours", version=2)


# Coding


def test_all_answers_go_to_two_coders_or_to_one_by_the_seed(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    assert [one.answers for one in progress_of(scheme)] == [12, 12]
    piles = [list(scheme.codings.filter(coder=one).values_list("answer", flat=True)) for one in (ANN, BEN)]
    assert piles[0] == piles[1]
    set_work(scheme, coders=[ANN, BEN], double_share=0, by=IDA)
    shares = [one.answers for one in progress_of(scheme)]
    assert sum(shares) == 12 and min(shares) > 0
    set_work(scheme, coders=[ANN, BEN], double_share=0.5, by=IDA)
    assert 12 < sum(one.answers for one in progress_of(scheme)) < 24


def test_work_that_is_given_out_anew_leaves_what_was_coded(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    put(scheme.codings.filter(coder=BEN)[0], "money")
    set_work(scheme, coders=[ANN], double_share=1, by=IDA)
    assert scheme.codings.filter(coder=BEN).count() == 1
    assert scheme.codings.filter(coder=ANN).count() == 12


def test_only_those_with_the_role_are_coders(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    member("contact_handler", name="kim")
    with pytest.raises(BadInput) as bad:
        set_work(scheme, coders=[ANN, "kim@example.org", "nobody@example.org"], double_share=1, by=IDA)
    assert [one.code for one in bad.value.problems] == ["C071", "C071"]


def test_a_coder_goes_on_where_they_were_skips_and_goes_back(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    pile = list(scheme.codings.filter(coder=ANN))
    first = next_coding(scheme, ANN)
    assert first == pile[0] and coding_before(first) is None
    skip(first, by=ANN)
    second = next_coding(scheme, ANN)
    assert second == pile[1]
    put(second, "time", unsure=True, note=" hm ")
    second.refresh_from_db()
    assert (second.codes, second.unsure, second.note, second.state) == (["time"], True, "hm", "coded")
    third = next_coding(scheme, ANN)
    assert third == pile[2] and coding_before(third) == second
    for one in pile[2:]:
        put(one, "money")
    assert next_coding(scheme, ANN) == first
    put(first, "law")
    assert next_coding(scheme, ANN) is None and still_to_code(scheme, ANN) == 0
    assert still_to_code(scheme, BEN) == 12


def test_wrong_codes_and_other_peoples_answers_are_refused(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    one = scheme.codings.filter(coder=ANN)[0]
    for given in ([], ["gold"], ["money", "time"]):
        with pytest.raises(NotAllowed):
            put(one, *given)
    with pytest.raises(NotAllowed):
        put(one, "money", by=BEN)
    one.refresh_from_db()
    assert one.state == "waiting"


def test_a_scheme_for_several_codes_takes_sets(written: Collection) -> None:
    scheme = publish(written, replace(MONEY_TIME, multiple=True))
    one = scheme.codings.filter(coder=ANN)[0]
    put(one, "law", "money")
    one.refresh_from_db()
    assert one.codes == ["money", "law"]


# Agreement and decisions


def test_agreement_counts_answers_both_have_coded(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    published = published_scheme(scheme)
    assert published is not None
    assert agreed(published).all.answers == 0
    code_all(scheme, ANN, "money", "time")
    code_all(scheme, BEN, "money", "time", "money", "law")
    found = agreed(published)
    assert found.all.answers == 12 and found.all.percent.value == 0.75
    assert found.confusions == ((frozenset({"law"}), frozenset({"time"}), 3),)
    assert found.codes["money"].kappa.value == 1
    assert found == agreed(published)


def test_disagreements_are_settled_with_a_reason_and_count_from_then_on(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, ANN, "money")
    code_all(scheme, BEN, "money", "time", "money")
    published = published_scheme(scheme)
    assert published is not None
    disputed = disputed_keys(published, open_only=True)
    assert len(disputed) == 4
    answer = OpenAnswer.objects.get(key=disputed[0])
    alike = next(one for one in comments(written) if one.key not in disputed)
    for one, reason in ((answer, " "), (alike, "why")):
        with pytest.raises(NotAllowed):
            decide(scheme, one, version=1, codes=["law"], reason=reason, by=IDA)
    assert answer.key not in settled_codes(published)
    decide(scheme, answer, version=1, codes=["law"], reason="It is the law", by=IDA)
    assert settled_codes(published)[answer.key] == ("law",)
    assert len(disputed_keys(published, open_only=True)) == 3
    with pytest.raises(NotAllowed):
        put(scheme.codings.get(answer=answer, coder=ANN), "law")
    decide(scheme, answer, version=1, codes=["time"], reason="After all not", by=IDA)
    assert settled_codes(published)[answer.key] == ("time",)


def test_who_still_has_answers_to_code_does_not_settle(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    set_work(scheme, coders=[ANN, BEN, IDA], double_share=1, by=IDA)
    given = {ANN: "money", BEN: "time"}
    for coder, codes in given.items():
        code_all(scheme, coder, codes)
    published = published_scheme(scheme)
    assert published is not None
    disputed = disputed_keys(published)
    assert disputed
    answer = OpenAnswer.objects.get(key=disputed[0])
    with pytest.raises(NotAllowed):
        decide(scheme, answer, version=1, codes=["law"], reason="so", by=IDA)
    decide(scheme, answer, version=1, codes=["law"], reason="so", by=ANN)


# Words that tell who somebody is


def test_words_are_hidden_by_place_and_by_typing_and_the_original_is_kept_apart(written: Collection) -> None:
    answer = comments(written)[0]
    hide(answer, seen=digest_of(answer.text), places=[2, 3], typed="", kind="name", by=ANN)
    answer.refresh_from_db()
    assert answer.text.startswith("It was [name], number")
    hide(answer, seen=digest_of(answer.text), places=[], typed="NUMBER", kind="other", by=ANN)
    answer.refresh_from_db()
    assert answer.text.startswith("It was [name], [other]")
    assert OriginalText.objects.get().text.startswith("It was Kari Holm, number")


def test_a_stale_page_and_words_that_are_not_there_hide_nothing(written: Collection) -> None:
    answer = comments(written)[0]
    for more in ({"seen": "another"}, {"typed": "Ola"}, {"places": [99]}, {"kind": "nonsense"}, {"places": []}):
        given = {"seen": digest_of(answer.text), "places": [0], "typed": "", "kind": "name", **more}
        with pytest.raises(NotAllowed):
            hide(answer, by=ANN, **given)  # type: ignore[arg-type]
    assert not OriginalText.objects.exists()
    with pytest.raises(NotAllowed):
        clear(answer, seen="another", by=ANN)


def test_looking_up_an_original_needs_a_reason_and_is_in_the_log(written: Collection) -> None:
    answer = comments(written)[0]
    before = answer.text
    hide(answer, seen=digest_of(answer.text), places=[2], typed="", kind="name", by=ANN)
    with pytest.raises(NotAllowed):
        look_up(answer, reason=" ", by="kim@example.org")
    assert look_up(answer, reason="asked by the police", by="kim@example.org") == before
    event = Event.objects.latest("id")
    assert (event.act, event.by, event.details["reason"]) == (
        "original text looked up",
        "kim@example.org",
        "asked by the police",
    )
    restore(answer, reason="too much hidden", by="kim@example.org")
    answer.refresh_from_db()
    assert answer.text == before and not OriginalText.objects.exists()


def test_uncleared_answers_come_one_after_another(written: Collection) -> None:
    first = next_to_clear(written, "comment")
    assert first == comments(written)[0]
    second = next_to_clear(written, "comment", after=first)
    assert second == comments(written)[1]
    last = comments(written)[-1]
    assert next_to_clear(written, "comment", after=last) == first
    OpenAnswer.objects.exclude(key=last.key).update(cleared_at="2026-01-01T00:00Z")
    assert next_to_clear(written, "comment", after=last) is None


# Tables


def test_open_answers_are_left_out_until_cleared_and_then_have_what_was_hidden(written: Collection) -> None:
    found = collected(written)
    assert found.answers["comment"].null_count() == 12
    assert found.states["comment"].to_list() == ["held_back"] * 12
    answer = comments(written)[0]
    hide(answer, seen=digest_of(answer.text), places=[2, 3], typed="", kind="name", by=ANN)
    answer.refresh_from_db()
    clear(answer, seen=digest_of(answer.text), by=ANN)
    found = collected(written)
    row = found.answers.filter(case_id=answer.case_id)
    assert row["comment"][0] == answer.text and "[name]" in answer.text
    assert found.states.filter(case_id=answer.case_id)["comment"][0] == "answered"
    hold_back(answer, by=ANN)
    assert collected(written).answers["comment"].null_count() == 12


def test_words_changed_after_they_were_cleared_and_coded_are_left_out(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME, share=0)
    for one in scheme.codings.all():
        put(one, "money")
    response = Response.objects.order_by("key")[0]
    answer = OpenAnswer.objects.get(response=response, name="comment")
    clear(answer, seen=digest_of(answer.text), by=ANN)
    add_edit(response, name="comment", written=["Ola did it"], reason="slip", by=IDA)
    found = collected(written)
    here = found.answers.filter(case_id=answer.case_id), found.states.filter(case_id=answer.case_id)
    assert here[0]["comment"][0] is None and here[1]["comment"][0] == "held_back"
    assert here[0]["comment_code"][0] is None and here[1]["comment_code"][0] == "not_coded"
    assert found.answers["comment_code"].null_count() == 1


def test_a_code_is_a_column_behind_the_words_with_its_states(written: Collection) -> None:
    handed_in(add_case(written), {key: one for key, one in FULL.items() if key != "comment"})
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, ANN, "money", "time", "law")
    code_all(scheme, BEN, "money", "time", "time")
    found = collected(written)
    for columns in (found.answers.columns, found.states.columns):
        assert columns[columns.index("comment") + 1] == "comment_code"
    counts = dict(found.answers["comment_code"].value_counts().rows())
    assert counts == {"money": 4, "time": 4, None: 5}
    states = dict(found.states["comment_code"].value_counts().rows())
    assert states == {"answered": 8, "not_coded": 4, "no_answer": 1}
    assert found.scheme_versions == {"comment": 1}


def test_several_codes_are_a_column_each(written: Collection) -> None:
    scheme = publish(written, replace(MONEY_TIME, multiple=True), share=0)
    first, *others = scheme.codings.all()
    put(first, "money", "law")
    for one in others[:-1]:
        put(one, "time")
    found = collected(written)
    row = found.answers.filter(case_id=first.answer.case_id).row(0, named=True)
    assert [row[f"comment_code.{one}"] for one in ("money", "time", "law")] == [True, False, True]
    assert found.answers["comment_code.time"].sum() == 10
    assert found.answers["comment_code.time"].null_count() == 1


def test_tables_for_estimation_have_the_codes_the_edition_has_a_scheme_for(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME, share=0)
    for one in scheme.codings.all()[1:]:
        put(one, "money")
    found = collected(written)
    instrument = found.instrument
    table, warnings = for_estimation(found, instrument, (MONEY_TIME,))
    assert table["comment_code"].drop_nulls().to_list() == ["money"] * 11
    assert table["comment"].to_list() == ["[…]"] * 12
    assert [one.code for one in warnings] == ["C074"]
    table, warnings = for_estimation(found, instrument)
    assert "comment_code" not in table.columns and [one.code for one in warnings] == ["C073"]
    for other in (coding(code("money")), replace(MONEY_TIME, multiple=True), CodingScheme("why_not", (code("a"),))):
        with pytest.raises(BadInput) as bad:
            for_estimation(found, instrument, (other,))
        assert "C072" in {one.code for one in bad.value.problems}


def test_exports_have_codes_with_labels_and_no_words_that_are_not_cleared(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME, share=0)
    for one in scheme.codings.all()[1:]:
        put(one, "time")
    files: dict[str, bytes] = {}
    export_collection(written, files.__setitem__, formats=["all"], language="da", layer="edited", by=IDA)
    assert not [name for name, content in files.items() if b"Kari" in content or b"neighbour" in content]
    lines = pl.read_csv(files["answers.csv"], separator=";")
    assert dict(lines["comment_code"].value_counts().rows()) == {"time": 11, None: 1}
    codebook = files["codebook.html"].decode()
    assert "time da" in codebook and "Ikke kodet endnu" in codebook
    assert b"comment_code" in files["codebook.xml"]
    instrument = with_codings(collected(written).instrument, (MONEY_TIME,))
    assert instrument.question("comment_code").choices[1].code == "time"


def test_the_overview_counts_what_is_left_to_do(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, ANN, "money")
    code_all(scheme, BEN, "time")
    row = next(one for one in overview(written) if one.name == "comment")
    assert (row.coded, row.given_out, row.disputed, row.clearing.waiting, row.version) == (24, 24, 12, 12, 1)
    assert {one.name for one in overview(written)} == {"why_not", "partners.others.text", "comment"}
