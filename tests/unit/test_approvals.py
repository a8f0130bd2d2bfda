"""The file that says who agreed to a release."""

import json
from dataclasses import replace

import pytest

from barometer.pipeline.approvals import Approval, Approvals, check_approvals, sign

IDA, OLE, KIM = (Approval(name, f"{name}@example.org", "2026-06-01T09:00:00+00:00") for name in ("ida", "ole", "kim"))
AGREED = Approvals("edition", "abc", "kim@example.org", (IDA, OLE), "row")
KEY = "a key"


def codes(content: bytes | None, digest: str = "abc", needed: int = 2, key: str = KEY) -> list[str]:
    return [one.code for one in check_approvals(content, "edition", digest, needed, key)]


def test_two_others_who_agreed_are_enough() -> None:
    assert codes(sign(AGREED, KEY)) == []


def test_nobody_is_asked_where_the_edition_asks_for_none() -> None:
    assert codes(None, needed=0) == []


def test_without_approvals_nothing_is_published() -> None:
    assert codes(None) == ["B020"]


def test_who_made_it_does_not_count() -> None:
    assert codes(sign(replace(AGREED, approvals=(IDA, KIM)), KEY)) == ["B020"]
    assert codes(sign(replace(AGREED, approvals=(IDA, replace(KIM, email="KIM@example.org"))), KEY)) == ["B020"]


def test_one_person_twice_counts_once() -> None:
    assert codes(sign(replace(AGREED, approvals=(IDA, IDA)), KEY)) == ["B020"]


def test_approvals_of_another_build_or_edition_do_not_count() -> None:
    assert codes(sign(AGREED, KEY), digest="abd") == ["B022"]
    assert codes(sign(replace(AGREED, edition="another"), KEY)) == ["B022"]


@pytest.mark.parametrize("key", ["another key", ""])
def test_a_signature_of_another_key_is_not_believed(key: str) -> None:
    assert codes(sign(AGREED, key)) == ["B021"]
    assert codes(sign(AGREED, KEY), key=key) == ["B021"]


@pytest.mark.parametrize("change", [{"digest": "abd"}, {"approvals": []}, {"signature": "0"}, {"signature": None}])
def test_a_file_changed_by_hand_is_not_believed(change: dict[str, object]) -> None:
    content = {**json.loads(sign(AGREED, KEY)), **change}
    assert codes(json.dumps(content).encode(), digest="abd") == ["B021"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"null"])
def test_a_file_that_cannot_be_read_is_not_believed(content: bytes) -> None:
    assert codes(content) == ["B021"]
