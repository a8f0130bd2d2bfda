"""Kinds of problems with files and the build folder (family B)."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = (
    Kind(
        "B001",
        "no edition folder there",
        "A command was given the path or name of an edition and found no folder. Names are looked up in the "
        "folder editions/ of the place where the command runs.",
    ),
    Kind(
        "B002",
        "a file cannot be read",
        "The file exists in the edition or the build folder but the operating system refuses to read it, or it is "
        "so large that it was most likely put there by mistake.",
    ),
    Kind(
        "B003",
        "a folder is in the way",
        "'barometer new' makes a new folder and never writes into one that exists, so that no work is lost.",
    ),
    Kind(
        "B004",
        "the build folder is in use",
        "Two commands working on the same edition at once could mix their results, so the second one stops. "
        "The lock disappears by itself when the first command ends, also when it is killed.",
    ),
    Kind(
        "B005",
        "an earlier step has not been done",
        "Each command works on what the commands before it left in the build folder: sample, then answers, weights, "
        "estimates, the protected release. 'barometer status' shows what there is; 'barometer run' does all.",
    ),
    Kind(
        "B006",
        "a file in the build folder was changed",
        "Every step writes the checksums of its outputs into provenance.json. A file that no longer fits its "
        "checksum was edited, cut off or lost; nothing may be built on it.",
    ),
    Kind(
        "B007",
        "a release was changed after publication",
        "A release folder carries a manifest with the checksum of every file. Releases are never changed, only "
        "superseded by a later one, so a file that differs from its manifest must be restored.",
    ),
    Kind(
        "B008",
        "files cannot be written",
        "The disk is full or read-only, or the folder belongs to somebody else. Nothing was left half-written.",
    ),
    Kind(
        "B009",
        "the command does not fit where answers come from",
        "An edition says in edition.toml whether the answers of a survey are simulated, imported or collected. "
        "'simulate' makes the first kind, 'import-answers' reads the second, 'collect' freezes the third; 'run' does "
        "whichever is needed.",
    ),
    Kind(
        "B010",
        "there is no release to compare with",
        "'barometer diff' compares what 'protect' made with the last release of the edition; before the first "
        "'publish' there is none.",
    ),
    Kind(
        "B011",
        "an unknown problem code",
        "'barometer explain CODE' tells what a code such as F003 means. Codes are printed in front of each problem.",
    ),
    Kind(
        "B012",
        "the release ledger does not fit the releases",
        "ledger.jsonl lists every figure ever published, each line with a checksum over itself and the line before. "
        "A line was changed, added or lost, or a release is not what the ledger says it was. Nothing is published on "
        "top of that, because later releases are protected together with everything the ledger tells.",
    ),
    Kind(
        "B013",
        "the results were protected before the last release",
        "Each release is protected together with all earlier ones. These results were protected when the last "
        "release was not out yet; together the two might give a respondent away.",
    ),
    Kind(
        "B014",
        "the evidence of an earlier release is lost",
        "'publish' keeps the confidential evidence behind each release in the build folder (published-1, published-2 "
        "...), so that later releases can be protected together with it. Where it is lost, nobody can reckon what a "
        "changed figure would tell, so every figure that would change stays as it was published, and nothing is shown "
        "that was not shown before.",
    ),
    Kind(
        "B020",
        "not enough people have agreed to this release",
        "edition.toml says with release.approvals how many people must agree before an edition is published. They see "
        "the audit and the site on the staff pages, vote without knowing each other's votes, and cannot be who made "
        "it. "
        "Editions with approvals = 0 are published by one person alone.",
    ),
    Kind(
        "B021",
        "approvals that this installation did not sign",
        "The file of approvals carries a signature made with the installation's key. A file written by hand, changed "
        "afterwards, or brought from another installation is not believed.",
    ),
    Kind(
        "B022",
        "the approvals are for something else",
        "People agree to certain bytes: numbers, texts, minute of release. What would be published now differs from "
        "what they saw, because the edition, the results or the program changed since. They must see it again.",
    ),
    Kind(
        "B023",
        "there is nothing to vote on",
        "'barometer propose' puts a release before those who vote on it. It needs an edition that asks for approvals, "
        "something that is not published yet, and a member of staff who answers for it.",
    ),
)
