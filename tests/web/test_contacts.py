"""Contacts from files: read safely, checked whole, taken over only when somebody says so."""

import io
import zipfile

import pytest
from desk import at_the_desk, member
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from barometer.web.audit.models import Event
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.contacts import import_contacts, put_contact
from barometer.web.fieldwork.contacts_file import check_contacts, guess_columns, read_contacts
from barometer.web.fieldwork.models import Case, Collection, Contact, ContactUpload
from barometer.web.uploads import LARGEST

HEADER = "unit_id;Navn;E-post;Telefon;Sprog\r\n"
LANGUAGES = ("da", "sv")


def found_in(*rows: str) -> dict[str, list[int]]:
    """Codes of problems with the rows they are in, for units u1 to u9."""
    table, problems = read_contacts("c.csv", (HEADER + "\r\n".join(rows)).encode())
    assert table and not problems
    units = {f"u{i}" for i in range(1, 10)}
    codes: dict[str, list[int]] = {}
    for one in check_contacts("c.csv", table, guess_columns(table.headers), units, LANGUAGES).problems:
        codes.setdefault(one.code, []).append(one.place.row)
    return codes


def test_headers_are_understood_in_four_languages() -> None:
    assert guess_columns(["Organisasjonsnummer", "NAMN", "E-postadress", "tlf", "Språk"]) == {
        "unit": "Organisasjonsnummer",
        "name": "NAMN",
        "email": "E-postadress",
        "phone": "tlf",
        "language": "Språk",
    }


def test_a_good_row_has_no_problem() -> None:
    assert found_in("u1;Kim Lund;kim@example.org;+45 12 34 56 78;da") == {}


def test_every_problem_is_told_with_its_row() -> None:
    assert found_in(
        "u1;Kim;kim@example.org;;da",
        "u99;Kim;kim@example.org;;da",
        "u1;Kim;kim@example.org;;da",
        "u2;Kim;kim at example;;da",
        "u3;Kim;kim@example.org;;fi",
        "u4;=HYPERLINK(1);kim@example.org;;da",
        "u5;Kim;;;",
    ) == {"C023": [3], "C024": [4], "C025": [5], "C026": [6], "C027": [7], "C028": [8]}


def test_a_row_with_an_error_is_not_among_the_rows_to_take_over() -> None:
    table, _ = read_contacts("c.csv", (HEADER + "u1;Kim;kim@example.org;;da\r\nu2;Kim;no;;da").encode())
    assert table
    checked = check_contacts("c.csv", table, guess_columns(table.headers), {"u1", "u2"}, LANGUAGES)
    assert [row.unit_id for row in checked.rows] == ["u1"] and checked.errors == 1


def test_a_file_without_a_column_of_units_is_told_so() -> None:
    table, _ = read_contacts("c.csv", b"mail\nkim@example.org")
    assert table
    assert [one.code for one in check_contacts("c.csv", table, {}, set(), LANGUAGES).problems] == ["C022"]


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "Åse Sørbø"), ("cp1252", "Åse Sørbø")])
def test_nordic_letters_survive_as_spreadsheet_programs_save_them(encoding: str, name: str) -> None:
    table, _ = read_contacts("c.csv", f"id;navn\r\nu1;{name}".encode(encoding))
    assert table and table.rows[0][1]["navn"] == name


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    table, _ = read_contacts("c.csv", f"id{delimiter}navn\nu1{delimiter}Kim".encode())
    assert table and table.headers == ("id", "navn")


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def test_a_workbook_is_read_as_a_csv_is() -> None:
    table, _ = read_contacts("c.xlsx", workbook(("unit_id", "email"), ("u1", "kim@example.org"), ("u2", None)))
    assert table and [row for _, row in table.rows] == [
        {"unit_id": "u1", "email": "kim@example.org"},
        {"unit_id": "u2", "email": ""},
    ]


def test_a_formula_in_a_workbook_is_refused() -> None:
    table, problems = read_contacts("c.xlsx", workbook(("unit_id", "email"), ("u1", "=1+1")))
    assert table is None and {one.code for one in problems} == {"Q017"}


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("c.csv", b"", "C020"),
        ("c.csv", b"id;id\nu1;u1", "C020"),
        ("c.csv", b"id\n\0", "C020"),
        ("c.csv", b'id\n"' + b"x" * 200_000, "C020"),
        ("c.csv", b"id\n" + b"u1\n" * 60_001, "C021"),
        ("c.csv", b"x" * 10_000_001, "C021"),
        ("c.xlsx", b"PK no workbook", "Q001"),
        ("c.csv", b"PK\x03\x04 a workbook under another name", "Q001"),
    ],
    ids=["empty", "twice", "binary", "endless", "long", "large", "damaged", "disguised"],
)
def test_hostile_files_are_told_and_go_no_further(name: str, content: bytes, code: str) -> None:
    table, problems = read_contacts(name, content)
    assert table is None and [one.code for one in problems] == [code]


def test_a_zip_bomb_is_not_unpacked() -> None:
    table, problems = read_contacts("c.xlsx", bomb())
    assert table is None and [one.code for one in problems] == ["Q018"]


@pytest.fixture
def client(collection: Collection) -> Client:
    return at_the_desk(member("contact_handler"))


def upload(client: Client, collection: Collection, content: bytes, source: str = "the register") -> str:
    file = SimpleUploadedFile("contacts.csv", content)
    answer = client.post(f"/staff/collections/{collection.pk}/contacts/", {"file": file, "source": source})
    return str(answer.url) if answer.status_code == 302 else answer.content.decode()


def rows_for(collection: Collection, *emails: str) -> bytes:
    units = collection.cases.order_by("unit_id").values_list("unit_id", flat=True)
    return ("unit_id;email\n" + "\n".join(f"{u};{e}" for u, e in zip(units, emails, strict=False))).encode()


def test_nothing_is_written_before_somebody_takes_it_over(client: Client, collection: Collection) -> None:
    where = upload(client, collection, rows_for(collection, "a@example.org", "b@example.org"))
    assert "a@example.org" in client.get(where).content.decode()
    assert not Contact.objects.exists()
    client.post(f"{where}import/")
    assert Contact.objects.filter(source="the register").count() == 2
    assert not ContactUpload.objects.exists()


def test_addresses_need_a_source(client: Client, collection: Collection) -> None:
    upload(client, collection, rows_for(collection, "a@example.org"), source="")
    assert not ContactUpload.objects.exists()


def test_rows_with_errors_are_left_out_only_when_somebody_says_so(client: Client, collection: Collection) -> None:
    where = upload(client, collection, rows_for(collection, "a@example.org", "no address"))
    client.post(f"{where}import/")
    assert not Contact.objects.exists()
    client.post(f"{where}import/", {"leave_out": "on"})
    assert Contact.objects.count() == 1


def test_other_columns_can_be_chosen(client: Client, collection: Collection) -> None:
    unit = collection.cases.earliest("unit_id").unit_id
    where = upload(client, collection, f"arbejdsplads;adresse\n{unit};a@example.org".encode())
    client.post(where, {"unit": "arbejdsplads", "email": "adresse"})
    client.post(f"{where}import/")
    assert Contact.objects.get().email == "a@example.org"


def test_what_somebody_else_uploaded_stays_theirs(client: Client, collection: Collection) -> None:
    where = upload(client, collection, rows_for(collection, "a@example.org"))
    other = at_the_desk(member("contact_handler", name="ole"))
    assert other.get(where).status_code == 404
    assert other.post(f"{where}import/").status_code == 404


def test_an_upload_can_be_dropped(client: Client, collection: Collection) -> None:
    where = upload(client, collection, rows_for(collection, "a@example.org"))
    client.post(f"{where}drop/")
    assert not ContactUpload.objects.exists() and not Contact.objects.exists()


def test_a_file_that_is_too_large_never_reaches_the_page(client: Client, collection: Collection) -> None:
    shown = upload(client, collection, b"x" * (LARGEST + 1))
    assert "ds-error-summary" in shown and not ContactUpload.objects.exists()


def test_importing_again_changes_only_what_differs(client: Client, collection: Collection) -> None:
    for emails in (("a@example.org", "b@example.org"), ("a@example.org", "c@example.org")):
        client.post(f"{upload(client, collection, rows_for(collection, *emails))}import/")
    states = Contact.objects.values_list("email", "state")
    assert set(states) == {("a@example.org", "active"), ("b@example.org", "replaced"), ("c@example.org", "active")}


def test_the_log_tells_counts_and_source_but_no_address(client: Client, collection: Collection) -> None:
    client.post(f"{upload(client, collection, rows_for(collection, 'a@example.org'))}import/")
    event = Event.objects.get(act="contacts imported")
    assert event.details == {"new": 1, "replaced": 0, "same": 0, "source": "the register"}


def test_a_source_is_asked_for_by_the_action_itself(collection: Collection) -> None:
    with pytest.raises(NotAllowed):
        import_contacts(collection, rows=[], source=" ", by="tests")


def test_a_new_person_gets_a_new_link_and_the_old_one_is_worthless(collection: Collection) -> None:
    case = collection.cases.earliest("number")
    given = {"phone": "", "language": "en", "source": "phone call", "by": "tests"}
    put_contact(case, name="Kim", email="kim@example.org", new_link=False, **given)
    put_contact(case, name="Eva", email="eva@example.org", new_link=True, **given)
    assert Contact.objects.get(state="active").name == "Eva"
    assert Case.objects.get(pk=case.pk).token_generation == 2
