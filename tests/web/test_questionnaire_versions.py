"""A changed questionnaire in the field: the harmless by one, the rest by two, started responses as they were."""

from dataclasses import replace
from pathlib import Path

import pytest
from desk import at_the_desk, member

from barometer.edition import read_edition, starter
from barometer.files import create_folder
from barometer.model import Edition
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.actions.versions import approve_version, publish_version
from barometer.web.fieldwork.models import Collection, InstrumentVersion, VersionProposal
from barometer.web.fieldwork.naming import edition_title, questionnaire_title

pytestmark = pytest.mark.django_db
FILE = "questionnaires/workplaces.yaml"
TEXT = ("Innovation at your workplace", "New things at your workplace")
RESTRICTING = ("        required: no\n", "        required: hard\n")
IDA, OLE = "ida@example.org", "ole@example.org"


def changed(before: str, after: str) -> Edition:
    folder = starter()
    text = folder[FILE].decode()
    assert before in text
    return read_edition({**folder, FILE: text.replace(before, after).encode()})


def restricting() -> Edition:
    return changed(*RESTRICTING)


def publish(collection: Collection, edition: Edition, by: str = IDA) -> object:
    return publish_version(collection, edition, digest=edition.surveys[0].instrument.digest, by=by)


def test_other_words_are_published_by_one(collection: Collection) -> None:
    made = publish(collection, changed(*TEXT))
    assert isinstance(made, InstrumentVersion) and (made.number, made.change) == (2, "text")


def test_what_may_refuse_answers_waits_for_a_second_person(collection: Collection) -> None:
    proposal = publish(collection, restricting())
    assert isinstance(proposal, VersionProposal) and collection.versions.count() == 1
    with pytest.raises(NotAllowed, match="second person"):
        approve_version(proposal, by=IDA)
    assert approve_version(proposal, by=OLE).number == 2
    assert not VersionProposal.objects.exists()


def test_the_folder_is_not_published_when_it_changed_after_somebody_looked(collection: Collection) -> None:
    with pytest.raises(NotAllowed, match="changed since"):
        publish_version(collection, changed(*TEXT), digest="what they saw", by=IDA)


def test_texts_alone_are_taken_over_without_a_new_version(collection: Collection) -> None:
    letter = b"# Hej\n\n{link} {code} {source} {unsubscribe}\n"
    own = {f"texts/{language}/letters/invitation.md": letter for language in ("da", "nb", "sv", "en")}
    edition = read_edition({**starter(), **own})
    publish(collection, edition)
    collection.refresh_from_db()
    assert "letters/invitation" in collection.texts["da"] and collection.versions.count() == 1


@pytest.fixture
def folder(collection: Collection, tmp_path: Path) -> Path:
    """The collection's edition on disk."""
    path = tmp_path / "edition"
    create_folder(path, starter())
    Collection.objects.filter(pk=collection.pk).update(folder=str(path))
    return path


def test_the_page_shows_the_changes_and_publishes_what_was_shown(collection: Collection, folder: Path) -> None:
    file = folder / FILE
    file.write_text(file.read_text().replace(*TEXT))
    client, where = at_the_desk(member("author")), f"/staff/collections/{collection.pk}/questionnaire/"
    page = client.get(f"{where}next/")
    assert "New things at your workplace" in page.content.decode()
    client.post(f"{where}publish/", {"digest": page.context["digest"]})
    assert collection.versions.count() == 2


def test_two_people_publish_from_the_page(collection: Collection, folder: Path) -> None:
    file = folder / FILE
    file.write_text(file.read_text().replace(*RESTRICTING))
    where = f"/staff/collections/{collection.pk}/questionnaire/"
    ida, ole = at_the_desk(member("author")), at_the_desk(member("author", name="ole"))
    ida.post(f"{where}publish/", {"digest": ida.get(f"{where}next/").context["digest"]})
    ida.post(f"{where}approve/")
    assert collection.versions.count() == 1
    ole.post(f"{where}approve/")
    assert collection.versions.count() == 2


def test_a_proposal_can_be_turned_down(collection: Collection) -> None:
    publish(collection, restricting())
    at_the_desk(member("author")).post(f"/staff/collections/{collection.pk}/questionnaire/turn-down/")
    assert not VersionProposal.objects.exists() and collection.versions.count() == 1


def test_a_folder_with_mistakes_is_told_and_not_published(collection: Collection, folder: Path) -> None:
    (folder / FILE).write_text("pages: [")
    shown = at_the_desk(member("author")).get(f"/staff/collections/{collection.pk}/questionnaire/next/")
    assert shown.status_code == 200 and "cannot be published" in shown.content.decode()


def test_a_folder_that_is_gone_is_told(collection: Collection) -> None:
    shown = at_the_desk(member("author")).get(f"/staff/collections/{collection.pk}/questionnaire/next/")
    assert "B001" in shown.content.decode()


def test_respondents_learn_the_new_titles_with_the_next_version(collection: Collection) -> None:
    edition = replace(changed(*TEXT), title={"en": "The barometer of 2025"})
    publish(collection, edition)
    collection.refresh_from_db()
    assert questionnaire_title(collection, "en") == TEXT[1]
    assert edition_title(collection, "en") == "The barometer of 2025"
