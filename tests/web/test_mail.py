"""From rule to mail server: who gets a letter, who does not any more, and never twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from django.conf import LazySettings
from django.utils import timezone
from django.utils.translation import override
from made_mail import MailServer, armed, in_the_field, links_in, mail_server, sent_off

from barometer.web.fieldwork.actions.cases import NotAllowed, dispose
from barometer.web.fieldwork.actions.mail import decide, enqueue
from barometer.web.fieldwork.actions.rules import prepare_rule, stop_rule
from barometer.web.fieldwork.delivery import deliver, is_quiet
from barometer.web.fieldwork.jobs import prepare_due_rules
from barometer.web.fieldwork.models import Case, Collection, Contact, Message, Rule
from barometer.web.fieldwork.queries.mail import history


@pytest.fixture
def server(settings: LazySettings) -> Iterator[MailServer]:
    with mail_server() as (handler, port):
        settings.EMAIL_BACKEND = "barometer.web.fieldwork.mailbox.Server"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.MAIL_PER_MINUTE = 1_000_000
        yield handler


@pytest.fixture
def cases(collection: Collection) -> list[Case]:
    return in_the_field(collection)


def states(rule: Rule | None = None) -> list[str]:
    found = Message.objects.all() if rule is None else rule.messages.all()
    return sorted(found.values_list("state", flat=True))


def test_a_rule_reaches_every_contact_once(collection: Collection, cases: list[Case], server: MailServer) -> None:
    rule = sent_off(collection)
    deliver()
    deliver()
    assert sorted(str(mail["To"]) for mail in server.mails) == [
        f"Leader {n} <leader{n}@unit.example>" for n in range(3)
    ]
    rule.refresh_from_db()
    assert rule.state == "done"


def test_a_rule_prepared_again_adds_no_second_message(collection: Collection, cases: list[Case]) -> None:
    rule = sent_off(collection)
    stop_rule(rule, by="ida@example.org")
    Rule.objects.update(state="armed")
    assert prepare_rule(rule) == 0


def test_rules_wait_for_their_time(collection: Collection, cases: list[Case]) -> None:
    armed(collection, send_at=timezone.now() + timedelta(hours=1))
    assert prepare_due_rules() == 0


def test_rules_wait_until_the_collection_is_open(collection: Collection, cases: list[Case]) -> None:
    armed(collection)
    Collection.objects.update(status="paused")
    assert prepare_due_rules() == 0


def test_sending_makes_the_case_invited(collection: Collection, cases: list[Case], server: MailServer) -> None:
    sent_off(collection)
    deliver()
    assert set(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("state", flat=True)) == {"invited"}


def test_whoever_has_answered_meanwhile_gets_nothing(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    rule = sent_off(collection)
    dispose(cases[0], code="submitted", by="respondent")
    deliver()
    assert states(rule) == ["sent", "sent", "skipped"]


def test_a_reminder_not_to_openers_skips_who_has_opened_since(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    rule = sent_off(collection, letter="reminder_not_opened", predicate={"state": ["new", "invited"]})
    dispose(cases[0], code="opened", by="respondent")
    deliver()
    assert states(rule) == ["sent", "sent", "skipped"]


def test_a_closed_collection_sends_no_reminders(collection: Collection, cases: list[Case], server: MailServer) -> None:
    sent_off(collection)
    Collection.objects.update(status="closed")
    deliver()
    assert states() == ["skipped"] * 3


def test_a_paused_collection_keeps_its_mail(collection: Collection, cases: list[Case], server: MailServer) -> None:
    sent_off(collection)
    Collection.objects.update(status="paused")
    deliver()
    assert states() == ["waiting"] * 3


def test_a_stopped_rule_keeps_its_mail(collection: Collection, cases: list[Case], server: MailServer) -> None:
    rule = sent_off(collection)
    stop_rule(rule, by="ida@example.org")
    deliver()
    assert states() == ["waiting"] * 3


def test_in_a_test_mail_goes_to_allowed_addresses_only(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    Collection.objects.update(allowed_addresses=["LEADER1@unit.example"])
    deliver()
    assert [str(mail["To"]) for mail in server.mails] == ["Leader 1 <leader1@unit.example>"]


def test_quiet_hours_keep_mail_until_they_end(collection: Collection, cases: list[Case], server: MailServer) -> None:
    sent_off(collection)
    Collection.objects.update(quiet_from=time(0), quiet_to=time(23, 59, 59, 999_999))
    deliver()
    assert states() == ["waiting"] * 3


def test_a_receipt_leaves_in_quiet_hours(collection: Collection, cases: list[Case], server: MailServer) -> None:
    Collection.objects.update(quiet_from=time(0), quiet_to=time(23, 59, 59, 999_999))
    contact = Contact.objects.get(case_reference=cases[0].pk)
    enqueue(contact=contact, case_reference=cases[0].pk, letter="receipt", once="receipt:1")
    deliver()
    assert states() == ["sent"]


@pytest.mark.parametrize(
    ("hour", "quiet"), [(20, True), (4, True), (5, False), (12, False), (19, False)], ids=lambda one: str(one)
)
def test_quiet_hours_reach_over_midnight_in_the_zone_of_the_collection(hour: int, quiet: bool) -> None:
    collection = Collection(quiet_from=time(21), quiet_to=time(6, 30), time_zone="Europe/Oslo")  # an hour before UTC
    assert is_quiet(collection, datetime(2026, 1, 15, hour, 45, tzinfo=UTC)) is quiet


def test_a_single_letter_is_put_in_once(collection: Collection, cases: list[Case]) -> None:
    contact = Contact.objects.get(case_reference=cases[0].pk)
    enqueue(contact=contact, case_reference=cases[0].pk, letter="receipt", once="receipt:1")
    assert enqueue(contact=contact, case_reference=cases[0].pk, letter="receipt", once="receipt:1") is None


def test_single_letters_go_before_a_rule(collection: Collection, cases: list[Case], server: MailServer) -> None:
    sent_off(collection)
    contact = Contact.objects.get(case_reference=cases[2].pk)
    enqueue(contact=contact, case_reference=cases[2].pk, letter="receipt", once="receipt:1")
    deliver()
    assert Message.objects.order_by("sent_at").values_list("letter", flat=True)[0] == "receipt"


def test_a_temporary_failure_is_tried_again_later(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    server.replies = ["451 4.3.0 try again"]
    deliver()
    assert states() == ["sent", "sent", "waiting"]
    Message.objects.filter(state="waiting").update(due_at=timezone.now())
    deliver()
    assert states() == ["sent"] * 3 and len(server.mails) == 3


def test_after_the_last_attempt_a_message_has_failed(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    Message.objects.update(attempts=7)
    server.replies = ["451 4.3.0 try again"] * 3
    deliver()
    assert states() == ["failed"] * 3


def test_an_address_the_server_does_not_know_is_marked(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    server.replies = ["550 5.1.1 <leader0@unit.example> unknown"]
    deliver()
    failed = Message.objects.get(state="failed")
    assert failed.contact.state == "bounced"
    assert "leader" not in failed.events.get(kind="permanent").detail


def test_a_refusal_by_policy_leaves_the_address_alone(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    server.replies = ["550 5.7.1 no"]
    deliver()
    assert Message.objects.get(state="failed").contact.state == "active"


def test_without_a_server_nothing_is_lost_or_tried(
    collection: Collection, cases: list[Case], server: MailServer, settings: LazySettings
) -> None:
    sent_off(collection)
    settings.EMAIL_PORT = 9  # nobody listens
    deliver()
    assert list(Message.objects.values_list("state", "attempts")) == [("waiting", 0)] * 3


def test_what_was_being_sent_by_a_program_that_died_is_left_to_a_person(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    lost = Message.objects.all()[0]
    Message.objects.filter(pk=lost.pk).update(state="sending")
    deliver()
    assert states() == ["sent", "sent", "unknown"] and len(server.mails) == 2
    lost.refresh_from_db()
    decide(lost, decision="never", by="ida@example.org")
    deliver()
    assert len(server.mails) == 2


def unknown_one(collection: Collection) -> Message:
    """A message of a rule that else is done, of which nobody knows whether it was sent."""
    sent_off(collection)
    lost = Message.objects.all()[0]
    Message.objects.filter(pk=lost.pk).update(state="sending")
    deliver()
    lost.refresh_from_db()
    return lost


def test_a_letter_of_unknown_fate_is_sent_again_when_a_person_says_so(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    lost = unknown_one(collection)
    decide(lost, decision="again", by="ida@example.org")
    deliver()
    assert states() == ["sent"] * 3 and len(server.mails) == 3
    assert Rule.objects.get().state == "done"


def test_a_letter_a_person_found_sent_counts_as_sent(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    lost = unknown_one(collection)
    decide(lost, decision="sent", by="ida@example.org")
    deliver()
    assert states() == ["sent"] * 3 and len(server.mails) == 2
    assert Case.objects.get(pk=lost.case_reference).state == "invited"


def test_two_people_do_not_decide_about_one_letter(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    lost = unknown_one(collection)
    decide(lost, decision="never", by="ida@example.org")
    with override("nb"), pytest.raises(NotAllowed, match="en annen har i mellomtiden tatt en avgjørelse"):
        decide(lost, decision="again", by="ole@example.org")


def test_each_reader_gets_their_language_and_a_link(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    deliver()
    by_address = {str(mail["To"]): mail for mail in server.mails}
    for contact in Contact.objects.all():
        mail = by_address[f"{contact.name} <{contact.email}>"]
        assert f'lang="{contact.language}"' in _html(mail)
        assert "/l/" in links_in(mail)[0]


def test_headers_carry_the_message_and_the_way_out(
    collection: Collection, cases: list[Case], server: MailServer, settings: LazySettings
) -> None:
    settings.BOUNCE_ADDRESS = "bounce@stat.example"
    sent_off(collection)
    deliver()
    sender, mail = server.taken[0]
    message = Message.objects.get(contact__email=mail["To"].addresses[0].addr_spec)
    assert sender == f"bounce+{message.pk.hex}@stat.example"
    assert mail["Message-ID"] == f"<{message.pk.hex}@stat.example>"
    assert mail["From"] == "Survey Team <survey@stat.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip() == f"<{links_in(mail)[-1]}>"


@pytest.mark.parametrize(
    "name",
    [
        "Ida\r\nBcc: everybody@unit.example",
        "Ida\nSubject: other",
        "Ida <b>Holm</b> [x](http://evil.example)",
        '"Ida" <ida@evil.example>, Ole',
        "Ærø Ø\u2028Å\x00{link}",
    ],
)
def test_names_cannot_write_headers_or_markup(
    collection: Collection, cases: list[Case], server: MailServer, name: str
) -> None:
    contact = Contact.objects.get(case_reference=cases[0].pk)
    Contact.objects.exclude(pk=contact.pk).delete()
    Contact.objects.update(name=name.replace("\x00", "\x01"))
    sent_off(collection)
    deliver()
    (mail,) = server.mails
    assert [one.addr_spec for one in mail["To"].addresses] == ["leader0@unit.example"]
    assert mail["Bcc"] is None and mail["Subject"] != "other"
    assert "<b>" not in _html(mail) and 'href="http://evil' not in _html(mail)


def test_the_history_of_a_case_tells_what_became_of_each_message(
    collection: Collection, cases: list[Case], server: MailServer
) -> None:
    sent_off(collection)
    deliver()
    (row,) = history(cases[0].pk)
    assert [event.kind for event in row.events] == ["sending", "accepted"]


def _html(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
