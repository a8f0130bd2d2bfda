"""Letters on paper: one PDF for whom a rule reaches, with code and QR code, written down as sent once."""

import io
import zipfile

import pytest
from desk import at_the_desk, member
from django.urls import reverse
from made_mail import armed, in_the_field

from barometer.problems import BadInput
from barometer.web.fieldwork.actions.accesses import respondent_link
from barometer.web.fieldwork.actions.paper import file_names, find_paper_rule, print_letters
from barometer.web.fieldwork.models import Case, Collection, Contact, Message, Rule
from barometer.web.fieldwork.printing import Sheet, letters_pdf
from barometer.web.fieldwork.queries.mail import prints_of


@pytest.fixture
def cases(collection: Collection) -> list[Case]:
    return in_the_field(collection)


@pytest.fixture
def rule(collection: Collection, cases: list[Case]) -> Rule:
    """Armed, for those mail does not reach."""
    Contact.objects.filter(name__in=["Leader 0", "Leader 1"]).update(state="bounced")
    return armed(collection, letter="paper", channel="paper", predicate={"contact": ["bounced"]})


def test_letters_are_one_tagged_pdf(rule: Rule) -> None:
    printed = print_letters(rule, by="ida@example.org")
    assert printed.count == 2
    assert printed.pdfs[""].startswith(b"%PDF-") and b"/StructTreeRoot" in printed.pdfs[""]


def test_printing_makes_cases_invited(rule: Rule, cases: list[Case]) -> None:
    print_letters(rule, by="ida@example.org")
    assert [case.state for case in Case.objects.filter(pk__in=[one.pk for one in cases[:2]])] == ["invited"] * 2


def test_printing_again_writes_nobody_down_twice(rule: Rule) -> None:
    first, second = (print_letters(rule, by="ida@example.org", again=again) for again in (False, True))
    assert second.pdfs == first.pdfs
    assert Message.objects.filter(state="sent").count() == 2


def test_letters_are_printed_a_second_time_only_when_somebody_says_so(rule: Rule) -> None:
    print_letters(rule, by="ida@example.org")
    with pytest.raises(BadInput, match="C045"):
        print_letters(rule, by="ida@example.org")
    print_letters(rule, by="ole@example.org", again=True)
    assert [(one.by, one.letters) for one in prints_of(rule)] == [("ida@example.org", 2), ("ole@example.org", 2)]


def test_letters_come_in_a_file_a_stratum(rule: Rule, cases: list[Case]) -> None:
    Case.objects.filter(pk=cases[0].pk).update(stratum="state/9 or more")
    Case.objects.filter(pk=cases[1].pk).update(stratum="municipality")
    files = file_names(print_letters(rule, by="ida@example.org", by_stratum=True), "letters")
    assert list(files) == ["letters-01-municipality.pdf", "letters-02-state-9-or-more.pdf"]


def test_the_page_of_a_rule_prints_its_letters_once(rule: Rule, collection: Collection) -> None:
    client = at_the_desk(member("field_manager"))
    page, act = (reverse(f"fieldwork:{name}", args=[collection.pk, rule.pk]) for name in ("rule", "print_rule"))
    assert "2 letters, each with code and QR code" in client.get(page).text
    assert Rule.objects.get(pk=rule.pk).state == "armed"
    assert client.post(act).content.startswith(b"%PDF-")
    assert "were printed before. Tick" in client.post(act, follow=True).text
    assert "2 letters, printed by ida@example.org" in client.get(page).text
    archive = zipfile.ZipFile(io.BytesIO(client.post(act, {"again": "on", "by_stratum": "on"}).content))
    assert all(name.endswith(".pdf") for name in archive.namelist())
    assert len(prints_of(rule)) == 2


def test_a_rule_for_paper_is_armed_before_it_is_printed(collection: Collection, rule: Rule) -> None:
    Rule.objects.update(state="draft")
    with pytest.raises(BadInput, match="C044"):
        print_letters(rule, by="ida@example.org")


def test_a_rule_is_found_by_the_names_people_use(collection: Collection, rule: Rule) -> None:
    assert find_paper_rule(collection.edition, collection.survey, "paper") == rule
    with pytest.raises(BadInput, match="C044"):
        find_paper_rule(collection.edition, collection.survey, "papper")
    with pytest.raises(BadInput, match="C001"):
        find_paper_rule(collection.edition, "another", "paper")


def test_words_of_a_letter_are_never_code(collection: Collection, cases: list[Case]) -> None:
    sheet = Sheet(
        language="da",
        address=("#panic() *Ida*",),
        heading='#read("/etc/passwd")',
        source="# x\n\n{greeting} #panic() $x$ {code}\n",
        values={"greeting": '#import "x": * <b>', "code": "abcd-efgh-jkm7"},
        link=respondent_link(cases[0]),
        qr_words="QR",
    )
    assert letters_pdf([sheet], title="letters").startswith(b"%PDF-")
