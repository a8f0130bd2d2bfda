"""The web layer: where the survey team, respondents and readers meet a browser.

A thin Django project over the library. Apps are cut by audience; every write is an action, every read a query,
and a view makes one call. See docs/explanation/web.md.
"""
