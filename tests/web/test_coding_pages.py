"""The pages of coding: who may open them, what they show, and that reading them changes nothing."""

from uuid import uuid4

import pytest
from desk import at_the_desk, member
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html
from test_coding import ANN, BEN, IDA, MONEY_TIME, code, code_all, coders, coding, comments, publish, put, written

from barometer.edition import coding_csv, coding_yaml
from barometer.web.accounts.models import User
from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.coding_schemes import save_draft
from barometer.web.fieldwork.analyst_urls import urlpatterns
from barometer.web.fieldwork.models import Coding, CodingDecision, Collection, OpenAnswer, OriginalText, Scheme
from barometer.web.fieldwork.queries.coded import published_scheme
from barometer.web.fieldwork.queries.coding import disputed_keys

__all__ = ["coders", "written"]

pytestmark = pytest.mark.django_db

PAGES = {
    **dict.fromkeys(("coding", "coding_take_in", "coding_next", "coding_answer"), Permission.CODING),
    **dict.fromkeys(("coding_texts", "coding_text", "coding_download"), Permission.CODING),
    **dict.fromkeys(("coding_scheme", "coding_start", "coding_upload", "coding_publish"), Permission.ANSWERS),
    **dict.fromkeys(("coding_drop", "coding_work"), Permission.ANSWERS),
    **dict.fromkeys(("coding_agreement", "coding_settle", "coding_dispute"), Permission.ANSWERS),
    "coding_originals": Permission.ORIGINALS,
}


def desk(name: str) -> Client:
    return at_the_desk(User.objects.get(email=f"{name}@example.org"))


def at(collection: Collection, page: str, *more: object) -> str:
    return reverse(f"fieldwork:{page}", args=(collection.pk, *more))


def words(response: object) -> str:
    tree = html.fromstring(response.content)  # type: ignore[attr-defined]
    return " ".join(" ".join(tree.xpath("//main//text()")).split())


def form(response: object, name: str) -> list[str]:
    tree = html.fromstring(response.content)  # type: ignore[attr-defined]
    return [str(one) for one in tree.xpath(f"//*[@name='{name}']/@value")]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_its_pages_of_coding_and_no_other(role: str, written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    client = at_the_desk(member(role, name=f"new-{role}".replace("_", "-")))
    known = {"pk": written.pk, "name": "comment", "coding": 1, "key": uuid4(), "number": 1, "ending": "yaml"}
    here = [one for one in urlpatterns if str(one.name).startswith("coding")]
    assert {one.name for one in here} == PAGES.keys()
    for page in here:
        where = reverse(f"fieldwork:{page.name}", kwargs={one: known[one] for one in page.pattern.converters})
        found = {client.get(where).status_code, client.post(where).status_code} - {405}
        assert (403 in found) is not (PAGES[page.name] in ROLES[role]), page.name
    assert scheme.versions.exists()


def test_somebody_of_another_edition_finds_nothing(written: Collection) -> None:
    client = at_the_desk(member("coder", "elsewhere", name="kim"))
    assert client.get(at(written, "coding")).status_code == 404


def test_reading_changes_nothing(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, BEN, "money")
    before = list(Coding.objects.order_by("pk").values()), list(OpenAnswer.objects.order_by("pk").values())
    events = Event.objects.count()
    client, one = desk("ann"), scheme.codings.filter(coder=ANN)[0]
    for page, *more in (
        ("coding",),
        ("coding_next", "comment"),
        ("coding_answer", "comment", one.pk),
        ("coding_texts", "comment"),
        ("coding_text", "comment", one.answer_id),
    ):
        assert client.get(at(written, page, *more), follow=True).status_code == 200
    analyst = desk("ida")
    for page in ("coding_scheme", "coding_agreement", "coding_settle"):
        assert analyst.get(at(written, page, "comment"), follow=True).status_code == 200
    assert before == (list(Coding.objects.order_by("pk").values()), list(OpenAnswer.objects.order_by("pk").values()))
    assert Event.objects.count() == events


# Schemes


def test_a_scheme_is_written_in_rows_kept_published_and_downloaded(written: Collection) -> None:
    client, where = desk("ida"), at(written, "coding_scheme", "comment")
    assert "How many codes" in words(client.get(where))
    client.post(at(written, "coding_start", "comment"), {"multiple": "yes"})
    posted = {"go": "save", "id-1": "money", "id-3": "time", "description-3": "Too little of it"}
    for language in written.languages:
        posted |= {f"label-1-{language}": f"Money {language}", f"label-3-{language}": f"Time {language}"}
    shown = client.post(where, posted, follow=True)
    assert "Version 1 is a draft" in words(shown)
    shown = client.post(at(written, "coding_publish", "comment"), follow=True)
    assert "Version 1 is published" in words(shown)
    version = Scheme.objects.get().versions.get()
    assert [(one["id"], one["description"]) for one in version.codes] == [("money", ""), ("time", "Too little of it")]
    file = client.get(at(written, "coding_download", "comment", 1, "yaml"))
    assert b"multiple: true" in file.content and "comment.yaml" in file["Content-Disposition"]


def test_all_mistakes_of_written_rows_are_listed_and_nothing_typed_is_lost(written: Collection) -> None:
    client, where = desk("ida"), at(written, "coding_scheme", "comment")
    client.post(at(written, "coding_start", "comment"), {"multiple": "no"})
    shown = client.post(where, {"go": "save", "id-1": "Money!", "label-1-da": "Penge", "id-2": "time"})
    assert shown.status_code == 400
    told = words(shown)
    assert "Row 1, id" in told and "Row 2" in told and "every language" in told
    assert "Money!" in form(shown, "id-1") and "Penge" in form(shown, "label-1-da")
    assert not Scheme.objects.get().versions.exists()


def test_more_rows_keep_what_is_typed(written: Collection) -> None:
    client, where = desk("ida"), at(written, "coding_scheme", "comment")
    client.post(at(written, "coding_start", "comment"), {"multiple": "no"})
    shown = client.post(where, {"go": "more", "id-1": "money"})
    assert form(shown, "id-1") == ["money"] and form(shown, "id-9") == [""]


@pytest.mark.parametrize("ending", ["yaml", "csv"])
def test_a_scheme_comes_in_as_a_file(written: Collection, ending: str) -> None:
    client = desk("ida")
    client.post(at(written, "coding_start", "comment"), {"multiple": "no"})
    made = coding_yaml(MONEY_TIME) if ending == "yaml" else coding_csv(MONEY_TIME, tuple(written.languages))
    file = SimpleUploadedFile(f"codes.{ending}", made)
    shown = client.post(at(written, "coding_upload", "comment"), {"file": file}, follow=True)
    assert "Version 1 is a draft" in words(shown)
    assert [one["id"] for one in Scheme.objects.get().versions.get().codes] == ["money", "time", "law"]


def test_a_file_with_mistakes_lists_them_all_and_changes_nothing(written: Collection) -> None:
    client = desk("ida")
    client.post(at(written, "coding_start", "comment"), {"multiple": "no"})
    file = SimpleUploadedFile("codes.csv", b"id;label_da;label_nb;label_sv;label_en\nA b;x;x;x;x\nc;x;;x;x\n")
    shown = client.post(at(written, "coding_upload", "comment"), {"file": file})
    told = words(shown)
    assert shown.status_code == 400 and "codes.csv was not taken over" in told
    assert "Row 2, id" in told and "Row 3" in told
    assert not Scheme.objects.get().versions.exists()
    assert "Choose a file" in words(client.post(at(written, "coding_upload", "comment"), follow=True))


def test_a_draft_tells_what_becomes_of_codes(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    new = coding(code("funds", "money"), code("hours", "time"), code("haste", "time"))
    save_draft(scheme, coding=new, by=IDA)
    told = words(desk("ida").get(at(written, "coding_scheme", "comment")))
    assert "money → funds" in told and "time → hours, haste : its answers are coded again" in told
    assert "law – dropped" in told
    assert "The draft is deleted" in words(desk("ida").post(at(written, "coding_drop", "comment"), follow=True))


def test_work_is_given_out_on_the_page(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    where = at(written, "coding_work", "comment")
    desk("ida").post(where, {"coders": [ANN, IDA], "share": "50 %"})
    scheme.refresh_from_db()
    assert (scheme.coders, scheme.double_share) == ([ANN, IDA], 0.5)
    assert "number from 0 to 100" in words(desk("ida").post(where, {"share": "half"}, follow=True))
    assert "may not code" in words(desk("ida").post(where, {"share": "50", "coders": ["x@example.org"]}, follow=True))


# Coding


def test_an_answer_is_coded_by_number_and_the_next_comes(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    client = desk("ann")
    shown = client.get(at(written, "coding_next", "comment"), follow=True)
    first = scheme.codings.filter(coder=ANN)[0]
    assert shown.redirect_chain[-1][0] == at(written, "coding_answer", "comment", first.pk)
    assert first.answer.text in words(shown) and "About comment?" in words(shown)
    shown = client.post(
        shown.redirect_chain[-1][0],
        {"go": "save", "numbers": "2", "version": form(shown, "version")[0], "seen": form(shown, "seen")[0]},
        follow=True,
    )
    first.refresh_from_db()
    assert first.codes == ["time"] and first.answer.cleared_at is None
    assert "1 of 12 coded" in words(shown)
    assert str(scheme.codings.filter(coder=ANN)[1].pk) in shown.redirect_chain[-1][0]


def test_marks_unsure_note_and_clearing_go_with_the_code(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    first = scheme.codings.filter(coder=ANN)[0]
    where, client = at(written, "coding_answer", "comment", first.pk), desk("ann")
    shown = client.get(where)
    given = {"codes": ["law"], "unsure": "on", "note": "or time", "clear": "on"}
    client.post(where, {**given, "version": "1", "seen": form(shown, "seen")[0]})
    first.refresh_from_db()
    assert (first.codes, first.unsure, first.note) == (["law"], True, "or time")
    assert OpenAnswer.objects.get(key=first.answer_id).cleared_by == ANN


@pytest.mark.parametrize("given", [{}, {"numbers": "9"}, {"numbers": "1 2"}, {"numbers": "x"}, {"codes": ["gold"]}])
def test_what_is_no_code_is_told_and_not_saved(written: Collection, given: dict[str, object]) -> None:
    scheme = publish(written, MONEY_TIME)
    first = scheme.codings.filter(coder=ANN)[0]
    shown = desk("ann").post(at(written, "coding_answer", "comment", first.pk), {**given, "note": "I think"})
    assert shown.status_code == 400 and first.answer.text in words(shown) and "I think" in words(shown)
    first.refresh_from_db()
    assert first.state == "waiting"


def test_skipped_answers_come_last_and_going_back_shows_what_was_given(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    pile, client = list(scheme.codings.filter(coder=ANN)), desk("ann")
    client.post(at(written, "coding_answer", "comment", pile[0].pk), {"go": "skip"})
    put(pile[1], "time")
    shown = client.get(at(written, "coding_next", "comment"), follow=True)
    assert str(pile[2].pk) in shown.redirect_chain[-1][0] and "1 skipped" in words(shown)
    back = at(written, "coding_answer", "comment", pile[1].pk)
    assert back in shown.content.decode()
    tree = html.fromstring(client.get(back).content)
    assert tree.xpath("//input[@name='codes'][@checked]/@value") == ["time"]


def test_a_coder_sees_neither_case_nor_body_nor_what_the_other_said(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, BEN, "law")
    for one in scheme.codings.filter(coder=BEN):
        Coding.objects.filter(pk=one.pk).update(note="what ben thinks")
    case = written.cases.order_by("number")[0]
    client = desk("ann")
    for one in scheme.codings.filter(coder=ANN):
        text = client.get(at(written, "coding_answer", "comment", one.pk)).content.decode()
        assert not [word for word in (one.answer.case_id, case.number, case.unit_id + "<", "ben") if word in text]
        assert " checked" not in text
    theirs = scheme.codings.filter(coder=BEN)[0]
    assert client.get(at(written, "coding_answer", "comment", theirs.pk)).status_code == 404


def test_the_question_is_shown_in_the_language_of_the_answer(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    one = scheme.codings.filter(coder=ANN)[0]
    OpenAnswer.objects.filter(key=one.answer_id).update(language="sv")
    text = desk("ann").get(at(written, "coding_answer", "comment", one.pk)).content.decode()
    assert 'lang="sv">About comment? på svenska' in text


# Agreement


def test_agreement_is_shown_to_who_has_nothing_left_to_code(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, ANN, "money", "time")
    code_all(scheme, BEN, "money", "time", "money", "law")
    told = words(desk("ida").get(at(written, "coding_agreement", "comment")))
    assert "Coded alike 75.0%" in told and "Settle 3 disagreements" in told and "law en" in told
    desk("ida").post(at(written, "coding_work", "comment"), {"coders": [ANN, BEN, IDA], "share": "100"})
    told = words(desk("ida").get(at(written, "coding_agreement", "comment")))
    assert "You still have" in told and "Coded alike" not in told


def test_one_code_throughout_is_said_to_be_undefined(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    for coder in (ANN, BEN):
        code_all(scheme, coder, "money")
    assert "only one code was used" in words(desk("ida").get(at(written, "coding_agreement", "comment")))


def test_disagreements_are_settled_one_by_one(written: Collection) -> None:
    scheme = publish(written, MONEY_TIME)
    code_all(scheme, ANN, "money")
    code_all(scheme, BEN, "money", "money", "time")
    published, client = published_scheme(scheme), desk("ida")
    assert published is not None
    shown = client.get(at(written, "coding_settle", "comment"), follow=True)
    told = words(shown)
    assert "Ann money en" in told and "Ben time en" in told and "4 disagreements left" in told
    where = shown.redirect_chain[-1][0]
    refused = client.post(where, {"numbers": "3", "version": "1", "reason": ""})
    assert refused.status_code == 400 and "a decision has a reason" in words(refused)
    shown = client.post(where, {"numbers": "3", "version": "1", "reason": "It is the law"}, follow=True)
    assert "3 disagreements left" in words(shown)
    decision = CodingDecision.objects.get()
    assert (decision.codes, decision.reason, decision.by) == (["law"], "It is the law", IDA)
    for key in disputed_keys(published, open_only=True):
        client.post(at(written, "coding_dispute", "comment", key), {"codes": "law", "version": "1", "reason": "so"})
    assert "no disagreement left" in words(client.get(at(written, "coding_settle", "comment"), follow=True))


# Names


def test_words_are_hidden_and_the_text_cleared_without_javascript(written: Collection) -> None:
    client = desk("ann")
    shown = client.get(at(written, "coding_texts", "comment"), follow=True)
    where, first = shown.redirect_chain[-1][0], comments(written)[0]
    tree = html.fromstring(shown.content)
    assert [one.strip() for one in tree.xpath("//span[@class='word']/label/text()")][:4] == [
        "It",
        "was",
        "Kari",
        "Holm,",
    ]
    seen = form(shown, "seen")[0]
    refused = client.post(where, {"go": "clear", "words": ["2"], "seen": seen})
    assert "not hidden yet" in words(refused)
    shown = client.post(where, {"go": "hide", "words": ["2", "3"], "kind": "name", "seen": seen}, follow=True)
    assert "It was [name], number" in words(shown)
    shown = client.post(where, {"go": "clear", "seen": form(shown, "seen")[0]}, follow=True)
    first.refresh_from_db()
    assert first.cleared_by == ANN and "1 of 12 cleared" in words(shown)
    client.post(where, {"go": "hold"})
    first.refresh_from_db()
    assert first.cleared_at is None


def test_an_original_is_shown_once_to_who_says_why(written: Collection) -> None:
    first = comments(written)[0]
    before = first.text
    page = at(written, "coding_text", "comment", first.key)
    shown = desk("ann").get(page)
    desk("ann").post(page, {"go": "hide", "typed": "kari holm", "kind": "name", "seen": form(shown, "seen")[0]})
    client, where = at_the_desk(member("custodian", name="kim")), at(written, "coding_originals")
    given = {"answer": "comment", "case_id": first.case_id, "go": "show"}
    assert before not in words(client.post(where, given))
    assert before in words(client.post(where, {**given, "reason": "asked by the ombudsman"}))
    assert before not in words(client.get(where))
    assert "no such text" in words(client.post(where, {**given, "case_id": "nobody", "reason": "x"}))
    client.post(where, {**given, "go": "restore", "reason": "too much"})
    first.refresh_from_db()
    assert first.text == before and not OriginalText.objects.exists()
