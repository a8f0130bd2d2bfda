"""Roots of functions of one number, by Brent's method."""

from collections.abc import Callable
from sys import float_info


def brent(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """The root of `function` between `low` and `high`, where it has different signs.

    Brent (1973, Algorithms for minimization without derivatives, chapter 4), in the order of steps of Netlib's
    `zeroin`. Intervals that invert a step function depend on which side of a step the last point falls, so that
    only the same steps give the same interval as other programs. Raises ValueError where the signs are the same.
    """
    a, b = low, high
    fa, fb = function(a), function(b)
    if fa == 0:
        return a
    if fb == 0:
        return b
    if not fa * fb < 0:
        raise ValueError("the function has the same sign at both ends")
    c, fc = a, fa
    for _ in range(1000):
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        smallest = 2 * float_info.epsilon * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= smallest or fb == 0:
            return b
        if abs(previous) >= smallest and abs(fa) > abs(fb):
            step = _interpolated(a, b, c, fa, fb, fc, previous, smallest, step)
        if abs(step) < smallest:
            step = smallest if step > 0 else -smallest
        a, fa = b, fb
        b += step
        fb = function(b)
        if fb * fc > 0:
            c, fc = a, fa
    return b


def _interpolated(
    a: float, b: float, c: float, fa: float, fb: float, fc: float, previous: float, smallest: float, half: float
) -> float:
    """The step by linear or inverse quadratic interpolation, or `half` the interval where that leads too far."""
    whole = c - b
    if a == c:
        ratio = fb / fa
        p, q = whole * ratio, 1.0 - ratio
    else:
        q, t, s = fa / fc, fb / fc, fb / fa
        p = s * (whole * q * (q - t) - (b - a) * (t - 1.0))
        q = (q - 1.0) * (t - 1.0) * (s - 1.0)
    if p > 0:
        q = -q
    else:
        p = -p
    inside = p < 0.75 * whole * q - abs(smallest * q) / 2 and p < abs(previous * q / 2)
    return p / q if inside else half
