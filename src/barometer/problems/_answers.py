"""Kinds of problems of family A."""

from barometer.problems._kinds import Kind

KINDS: tuple[Kind, ...] = ()
