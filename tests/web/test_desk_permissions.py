"""Who may open which staff page: every page, every role."""

from uuid import uuid4

import pytest
from desk import at_the_desk, member
from django.urls import URLPattern, reverse

from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.accounts.urls import urlpatterns as account_pages
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.staff_urls import urlpatterns as staff_pages

pytestmark = pytest.mark.django_db

SEE, RUN, CONTACTS, AUTHOR = Permission.SEE, Permission.RUN, Permission.CONTACTS, Permission.AUTHOR
PAGES: dict[str, Permission | None] = {  # None: every member of staff
    "collections": None,
    "search": None,
    "edition": SEE,
    "monitor": SEE,
    "cases": SEE,
    "export_cases": SEE,
    "case": SEE,
    "versions": SEE,
    **dict.fromkeys(("manage", "launch", "pause", "resume_collection", "extend", "close", "deletion"), RUN),
    **dict.fromkeys(("mail", "new_rule", "rule", "arm_rule", "disarm_rule", "stop_rule", "delete_rule"), RUN),
    **dict.fromkeys(("decide_message", "print_rule"), RUN),
    **dict.fromkeys(("contacts", "contacts_check", "contacts_import", "contacts_drop"), CONTACTS),
    **dict.fromkeys(("dispose", "contact", "show_link", "renew_link"), CONTACTS),
    **dict.fromkeys(("enter", "enter_again", "compare", "end_comparison"), CONTACTS),
    **dict.fromkeys(("next_version", "publish_version", "approve_version", "turn_down_version"), AUTHOR),
}
ACCOUNT_PAGES: dict[str, Permission | None] = {
    **dict.fromkeys(("account", "password", "language", "backup_codes"), None),
    **dict.fromkeys(("people", "add_person", "person", "role", "active", "reset_second_factor"), Permission.MANAGE),
    **dict.fromkeys(("log", "check_log"), Permission.AUDIT),
}
BEFORE_LOGIN = {"login", "second_factor", "logout"}


def address(page: URLPattern, collection: Collection) -> str:
    known = {
        "pk": collection.pk,
        "edition": collection.edition,
        "number": collection.cases.earliest("number").number,
        "upload": uuid4(),
        "rule": 1,
        "message": uuid4(),
    }
    wanted = page.pattern.converters
    return reverse(f"fieldwork:{page.name}", kwargs={name: known[name] for name in wanted})


def test_every_page_has_its_permission_here() -> None:
    assert {page.name for page in staff_pages} == set(PAGES)
    assert {page.name for page in account_pages} == {*ACCOUNT_PAGES, *BEFORE_LOGIN}


@pytest.mark.parametrize("role", [*ROLES, "", "elsewhere"])
def test_each_role_reaches_its_pages_and_no_other(role: str, collection: Collection) -> None:
    user = member("manager" if role == "elsewhere" else role, "another-edition" if role == "elsewhere" else "")
    client = at_the_desk(user)
    held = ROLES.get(role, frozenset())
    for page in staff_pages:
        wanted, where = PAGES[page.name or ""], address(page, collection)
        found = {client.get(where).status_code, client.post(where).status_code} - {405}
        if wanted is None:
            continue
        if SEE not in held:
            assert found == {404}, page.name
        elif wanted not in held:
            assert found == {403}, page.name
        else:
            assert not found & {403, 500}, page.name


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_each_role_reaches_its_account_pages_and_no_other(role: str) -> None:
    user = member(role)
    held = ROLES.get(role, frozenset())
    for page in account_pages:
        if page.name in BEFORE_LOGIN:
            continue
        client = at_the_desk(user)
        wanted = ACCOUNT_PAGES[page.name or ""]
        where = reverse(f"accounts:{page.name}", kwargs=dict.fromkeys(page.pattern.converters, user.pk))
        found = {client.get(where).status_code, client.post(where).status_code} - {405}
        allowed = wanted is None or wanted in held
        assert (403 in found) is not allowed, page.name


def test_who_is_not_logged_in_is_sent_to_log_in(collection: Collection, client: object) -> None:
    from django.test import Client

    browser = Client()
    for page in staff_pages:
        where = address(page, collection)
        for answer in (browser.get(where), browser.post(where)):
            assert answer.status_code == 405 or answer.url.startswith("/staff/login/"), page.name


def test_the_list_of_collections_leaves_out_other_editions(collection: Collection) -> None:
    shown = at_the_desk(member("analyst", "another-edition")).get("/staff/").content.decode()
    assert collection.edition not in shown


def test_names_and_addresses_are_for_those_who_may_see_contacts(collection: Collection) -> None:
    case = collection.cases.earliest("number")
    from barometer.web.fieldwork.actions.contacts import put_contact

    given = {"phone": "", "language": collection.languages[0], "source": "the register", "new_link": False}
    put_contact(case, name="Kim Lund", email="kim@example.org", **given, by="tests")
    where = reverse("fieldwork:case", args=[case.number])
    seen = {
        role: "kim@example.org" in at_the_desk(member(role, name=role)).get(where).content.decode() for role in ROLES
    }
    assert seen == {role: CONTACTS in held for role, held in ROLES.items()}
