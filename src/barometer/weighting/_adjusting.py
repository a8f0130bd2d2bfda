"""Taking replicates through the adjustments the weights went through."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from barometer.problems import BadInput, Place, Problem
from barometer.tables import Matrix, Replicates, Vector


def adjusted(replicates: Replicates, base: Vector, adjust: Callable[[Vector], Vector], place: Place) -> Replicates:
    """Replicates each of which has been through `adjust` (n weights to n weights); `base`: the adjusted weights of
    the whole sample. Chunks are adjusted when they are asked for. Raises BadInput W021, naming the replicate, with
    what `adjust` found."""
    return adjusted_by_number(replicates, base, lambda weights, *_: adjust(weights), place)


def adjusted_by_number(
    replicates: Replicates, base: Vector, adjust: Callable[[Vector, int, int], Vector], place: Place
) -> Replicates:
    """The same where `adjust` has to know which replicate it is: the numbers of its chunk and of its column there."""

    def chunk(number: int) -> Matrix:
        weights = replicates.chunk(number)
        result = np.empty_like(weights)
        for column in range(weights.shape[1]):
            try:
                result[:, column] = adjust(np.ascontiguousarray(weights[:, column]), number, column)
            except BadInput as error:
                raise BadInput(
                    tuple(_of_replicate(problem, number, column, place) for problem in error.problems)
                ) from error
        return result

    return replace(replicates, base=base, chunk=chunk, strips=None, rank=None)


def _of_replicate(problem: Problem, chunk: int, column: int, place: Place) -> Problem:
    head = f"replicate {column + 1}" + (f" of group {chunk + 1}" if chunk else "")
    way_out = "Merge small cells, drop the margin, or use replicates that never empty a cell, such as Fay's."
    return Problem("W021", place, f"{head}: {problem.code} {problem.found}", problem.expected, way_out)
