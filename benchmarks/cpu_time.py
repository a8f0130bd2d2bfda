"""CPU time of a piece of work, for benchmarks: other programs on the machine disturb it less than wall time."""

from collections.abc import Callable, Sequence
from time import process_time


def cpu_seconds(work: Callable[[], object], rounds: int, pick: Callable[[Sequence[float]], float] = min) -> float:
    """CPU seconds of the fastest round, or of another that `pick` chooses, such as the median."""
    spent = []
    for _ in range(rounds):
        started = process_time()
        work()
        spent.append(process_time() - started)
    return pick(spent)


def best(work: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of the fastest round."""
    return 1000 * cpu_seconds(work, rounds)
