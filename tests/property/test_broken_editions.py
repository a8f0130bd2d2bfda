"""However a folder is damaged, reading it ends in problems, never in a crash."""

from hypothesis import given
from hypothesis import strategies as st

from barometer.edition import check_edition, read_edition, starter
from barometer.problems import BadInput, Severity
from examples import examples

STARTER = {"simulation.toml": b"", **starter()}
FILES = sorted(name for name in STARTER if not name.startswith("texts/"))
SCRAPS = [
    b'""',
    b"[]",
    b"{}",
    b"-1",
    b"nan",
    b"true",
    b"'x'",
    b"[[1]]",
    b"[",
    b"}",
    b"\x00",
    b"\xff",
    b"\n",
    b": ",
    b"- ",
]

damages = st.lists(
    st.tuples(
        st.sampled_from(FILES),
        st.floats(0, 1, exclude_max=True),  # where, as a share of the file
        st.integers(0, 60),  # how many bytes are lost there
        st.sampled_from([b"", *SCRAPS]),  # what stands there instead
    ),
    min_size=1,
    max_size=3,
)


@examples(20)
@given(damages)
def test_a_damaged_folder_gives_problems_or_an_edition(damage: list[tuple[str, float, int, bytes]]) -> None:
    folder = dict(STARTER)
    for name, share, lost, scrap in damage:
        at = int(share * len(folder[name]))
        folder[name] = folder[name][:at] + scrap + folder[name][at + lost :]

    found = check_edition(folder)

    wrong = any(problem.severity is Severity.ERROR for problem in found)
    try:
        read_edition(folder)
    except BadInput as error:
        assert wrong
        assert error.problems == found
    else:
        assert not wrong
