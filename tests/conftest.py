"""Puts this folder on the import path, for the examples that several kinds of tests share."""
