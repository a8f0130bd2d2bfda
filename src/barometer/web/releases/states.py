"""What becomes of a proposed release, as data: state -> states it may become."""

from collections.abc import Mapping

CANDIDATE: Mapping[str, frozenset[str]] = {
    "voting": frozenset({"approved", "refused", "withdrawn"}),
    "approved": frozenset(),  # whether it is published, the release folders tell
    "refused": frozenset(),
    "withdrawn": frozenset(),  # another proposal of the edition took its place
}


def outcome(votes: list[bool], needed: int) -> str:
    """The state after these votes. Nothing is decided before all are in: a state that changed earlier would tell
    the others what somebody voted. Then all must have agreed."""
    if len(votes) < needed:
        return "voting"
    return "approved" if all(votes) else "refused"
