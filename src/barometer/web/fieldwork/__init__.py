"""Fieldwork: respondents answer, the survey team follows, every acknowledged answer is safe.

Three stores, without foreign keys between them, so that each can be deleted, moved or granted on its own:
contacts (names and addresses, mail), link (cases, access, what became of them) and answers (responses, their
events, submissions, edits, paradata). A response knows its register values, not its case; the case knows the
key of its response until the link is cut.
"""
