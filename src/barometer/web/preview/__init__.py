"""The author's preview: respondents' pages filled with made-up answers, path map, PDF, minutes and words.

Door: `preview`. It renders the templates respondents see, without a database.
"""

from barometer.web.preview._preview import preview

__all__ = ["preview"]
