"""Respondents' pages: link, questionnaire, overview, receipt, colleagues."""
