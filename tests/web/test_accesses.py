"""Links and codes: what they open, when they stop, and that looking at them changes nothing."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone
from fielded import Respondent, add_case, every_kind, field_collection

from barometer.web.fieldwork.access import code
from barometer.web.fieldwork.actions.accesses import (
    respondent_code,
    respondent_link,
    respondent_token,
    revoke_links,
)
from barometer.web.fieldwork.actions.cases import BECOMES, NotAllowed, dispose
from barometer.web.fieldwork.actions.delegation import MOST_COLLEAGUES, invite_colleague, transfer
from barometer.web.fieldwork.models import Access, Case, Collection, Contact, Disposition, Message, Response
from barometer.web.fieldwork.queries.accesses import colleagues, find_by_code, is_valid, known_access
from barometer.web.fieldwork.states import DISPOSITIONS
from barometer.web.fieldwork.throttle import MOST_WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db: None) -> Case:
    return field_collection(every_kind()).cases.get()


def ask(case: Case, number: int = 1, section: str = "innovation") -> Access:
    email = f"ola{number}@example.org"
    return invite_colleague(case, section=section, name="Ola", email=email, language="en", by="respondent")


def letter_link(access: Access) -> str:
    from barometer.web.fieldwork.actions.accesses import colleague_link

    return "/l/" + colleague_link(access).rpartition("/")[2]


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of every table of fieldwork and of the log."""
    models = [model for label in ("fieldwork", "audit") for model in apps.get_app_config(label).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_link_is_the_same_every_time_it_is_written(case: Case) -> None:
    assert respondent_link(case) == respondent_link(case)
    assert Access.objects.count() == 1


def test_the_database_has_no_token_and_no_code(case: Case) -> None:
    secrets = respondent_token(case), respondent_code(case)
    assert not any(secret in str(row) for secret in secrets for row in Access.objects.values())


def test_a_code_is_read_with_other_case_blanks_and_look_alikes(case: Case) -> None:
    typed = respondent_code(case).upper().replace("-", "  ").replace("0", "O").replace("1", "l")
    assert find_by_code(typed, timezone.now()) == Access.objects.get()


def test_a_revoked_link_and_its_code_open_nothing_and_the_next_ones_do(case: Case) -> None:
    old = respondent_token(case), respondent_code(case)
    revoke_links(case, by="ida@example.org")
    now = timezone.now()
    ended, fresh = known_access(old[0]), known_access(respondent_token(case))
    assert ended is not None and not is_valid(ended, now) and find_by_code(old[1], now) is None
    assert fresh is not None and is_valid(fresh, now)


def test_a_revoked_link_ends_the_pages_it_had_opened(case: Case) -> None:
    kari = Respondent(case).start()
    revoke_links(case, by="ida@example.org")
    assert kari.client.get(kari.url).status_code == 410


def test_following_every_link_changes_nothing(case: Case) -> None:
    """Mail scanners and previews open all links there are."""
    kari = Respondent(case).start()
    kari.answer(innovated="yes")
    access = ask(case)
    add_case(case.collection, email="kari@example.org")
    before = everything()
    base = f"/r/{kari.public_id}/"
    below = ("", "p/start", "p/innovation", "p/nowhere", "review", "receipt", "left", "done", "colleagues", "take-back")
    posted_only = ("language", "take-up", "receipt/mail", f"colleagues/{access.pk}/revoke")
    tokens = [f"/l/{respondent_token(case)}", letter_link(access), "/l/guessed"]
    pages = [*tokens, *(f"{token}/{page}" for token in tokens for page in ("refuse", "other-person")), "/code"]
    for url in [*pages, *(base + page for page in (*below, *posted_only))]:
        for client in (Client(), kari.client):
            client.get(url)
            client.head(url)
            client.get(f"{url}?lang=nb&check=1&back=review&conflict=1&more=1")
    assert everything() == before


def test_refusing_is_a_post_and_can_be_taken_back_by_starting(case: Case) -> None:
    kari = Respondent(case)
    kari.get(f"{kari.url}/refuse")
    assert Case.objects.get().state == "invited"
    kari.post(f"/l/{respondent_token(case)}/refuse", {})
    assert Case.objects.get().state == "refused"
    Respondent(case).start().answer(innovated="yes")
    assert Case.objects.get().state == "started"


def test_the_short_code_leads_to_the_page_of_the_link(case: Case) -> None:
    answer = Client().post("/code", {"code": respondent_code(case)})
    assert answer.status_code == 303 and answer["Location"].startswith(f"/l/{respondent_token(case)}")


def test_guessing_codes_is_stopped(case: Case) -> None:
    client = Client()
    for number in range(MOST_WRONG):
        assert client.post("/code", {"code": code(number, 1)}).status_code == 422
    assert client.post("/code", {"code": respondent_code(case)}).status_code == 429


def test_guessing_links_is_stopped_but_a_good_link_still_opens(case: Case) -> None:
    client = Client()
    statuses = {client.get(f"/l/{number:032}").status_code for number in range(MOST_WRONG + 5)}
    assert statuses == {404, 429}
    assert client.get(f"/l/{respondent_token(case)}").status_code == 200


def test_the_landing_page_says_who_why_how_long_and_from_where_the_address_is(case: Case) -> None:
    kari = Respondent(case)
    kari.get(kari.url + "?lang=en")
    for words in ("The statistical office", "new ways", "minutes", "the register of public bodies", "voluntary"):
        assert words in kari.words


def test_another_questionnaire_of_the_same_person_is_listed_with_a_link_until_it_is_started(case: Case) -> None:
    email = Contact.objects.get().email
    other = add_case(field_collection(every_kind()), email=email)
    kari = Respondent(case)
    link = respondent_link(other)
    assert link in kari.get(kari.url).text
    Respondent(other).start()
    kari.get(Respondent(case).url)
    assert link not in kari.text and "Your other questionnaires" in kari.get(kari.url + "?lang=en").text


def test_a_colleague_sees_their_section_and_nothing_else(case: Case) -> None:
    kari = Respondent(case).start()
    kari.answer(innovated="yes")
    ola = Respondent(case, link=letter_link(ask(case)))
    ola.start()
    assert ola.page == "p/innovation"
    ola.answer("confirm", hours="8")
    assert ola.page == "p/money"
    ola.answer()
    assert ola.page == "done"
    for page in ("p/start", "p/end"):
        assert ola.get(f"/r/{ola.public_id}/{page}").page == "done"
    for page in ("review", "colleagues", "receipt", "take-back"):
        assert ola.client.get(f"/r/{ola.public_id}/{page}").status_code == 403
    assert ola.client.post(f"/r/{ola.public_id}/review").status_code == 403
    event = Response.objects.get().events.get(page="money")
    assert event.source.startswith("colleague:")


def test_a_colleague_cannot_post_another_section(case: Case) -> None:
    kari = Respondent(case).start()
    kari.answer(innovated="yes")
    ola = Respondent(case, link=letter_link(ask(case)))
    ola.start()
    ola.post(f"/r/{ola.public_id}/p/end", {**ola.form(), "shown": "comment", "comment": "mine"})
    assert "comment" not in Response.objects.get().values


def test_a_colleagues_link_is_listed_and_can_be_taken_back(case: Case) -> None:
    kari = Respondent(case).start()
    kari.post(f"/r/{kari.public_id}/colleagues", {"section": "innovation", "name": "Ola", "email": "ola@example.org"})
    assert "Ola (ola@example.org)" in kari.words
    assert Message.objects.get().letter == "colleague"
    access = Access.objects.get(role="colleague")
    ola = Respondent(case, link=letter_link(access))
    kari.post(f"/r/{kari.public_id}/colleagues/{access.pk}/revoke", {})
    assert "Ola" not in kari.words
    assert ola.get(ola.url).status == 410


def test_a_colleagues_link_expires(case: Case) -> None:
    access = ask(case)
    Access.objects.filter(pk=access.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(letter_link(access)).status_code == 410


def test_asking_the_same_colleague_twice_gives_one_link(case: Case) -> None:
    assert ask(case) == ask(case)
    assert colleagues(case).count() == 1


def test_there_is_an_end_to_asking_colleagues(case: Case) -> None:
    for number in range(MOST_COLLEAGUES):
        ask(case, number)
    with pytest.raises(NotAllowed, match="colleagues"):
        ask(case, MOST_COLLEAGUES)


@pytest.mark.parametrize("email", ["", "ola", "ola@", "ola@example.org\nBcc: all@example.org"])
def test_a_colleague_needs_an_address(case: Case, email: str) -> None:
    kari = Respondent(case).start()
    kari.post(f"/r/{kari.public_id}/colleagues", {"section": "innovation", "name": "Ola", "email": email})
    assert kari.status == 422 and "whole e-mail address" in kari.words
    assert not Message.objects.exists()


def test_handing_over_makes_a_new_contact_and_ends_the_old_link(case: Case) -> None:
    kari = Respondent(case).start()
    kari.answer(innovated="yes")
    link = f"/l/{respondent_token(case)}"
    kari.post(f"{link}/other-person", {"name": "Ola", "email": "ola@example.org", "language": "en"})
    assert "we have written to them" in kari.words
    assert Client().get(link).status_code == 410
    old, new = Contact.objects.order_by("pk")
    assert (old.state, new.state, new.role) == ("replaced", "active", "main")
    assert Message.objects.get().letter == "transfer"
    case.refresh_from_db()
    assert Respondent(case).start().page == "p/innovation"


def test_handing_over_to_oneself_is_refused(case: Case) -> None:
    with pytest.raises(NotAllowed, match="same"):
        transfer(case, name="Kari", email=Contact.objects.get().email, language="en", by="respondent")


def test_every_disposition_says_what_becomes_of_the_case() -> None:
    assert set(BECOMES) == set(DISPOSITIONS)


def test_a_disposition_the_state_does_not_allow_is_refused(case: Case) -> None:
    dispose(case, code="refused", by="ida@example.org")
    with pytest.raises(NotAllowed, match="does not allow"), transaction.atomic():
        dispose(case, code="withdrawn", by="ida@example.org")
    with pytest.raises(NotAllowed, match="no disposition"):
        dispose(case, code="lost", by="ida@example.org")
    assert Disposition.objects.count() == 1


def test_of_two_changes_of_a_case_from_the_same_state_one_is_refused(case: Case) -> None:
    same = Case.objects.get()
    dispose(case, code="refused", by="ida@example.org")
    with pytest.raises(NotAllowed, match="somebody else"):
        dispose(same, code="ineligible", by="ola@example.org")


def test_a_draft_collection_opens_for_nobody(case: Case) -> None:
    Collection.objects.update(status="draft")
    kari = Respondent(case)
    assert kari.start().status == 403
    assert not Response.objects.exists()


def test_the_receipt_comes_by_mail_once(case: Case) -> None:
    kari = Respondent(case).start()
    kari.answer(innovated="dont_know").answer()
    kari.post(kari.url, {})
    for _ in range(2):
        kari.post(f"/r/{kari.public_id}/receipt/mail", {})
        assert "on its way" in kari.words
    assert [message.letter for message in Message.objects.all()] == ["receipt"]
