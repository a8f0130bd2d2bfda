"""Releases: two people vote before one is published; then the public sees it from its minute on."""
