"""A questionnaire with every kind of question and every part a question can have."""

import polars as pl

from barometer.edition import read_instrument
from barometer.expressions import Type, Variable

REGISTER = {
    "sector": Variable("sector", Type.CODE, ("state", "town")),
    "employees": Variable("employees", Type.NUMBER),
}
UNITS = pl.DataFrame({"unit_id": ["u1", "u2"], "sector": ["state", "town"], "employees": [12, 340]})
YAML = """
instrument: every
version: "1"
languages: [en]
title: {en: Every kind}
introduction: {en: This shows every kind of question.}
sections:
  - {id: first, title: {en: First part}}
  - {id: second, title: {en: Second part}}
pages:
  - id: start
    title: {en: Start}
    section: first
    questions:
      - {id: hello, kind: information, text: {en: Welcome}}
      - {id: agreed, kind: consent, text: {en: We may use the answers}, required: hard}
      - id: channel
        kind: single
        text: {en: How?}
        choices:
          - {code: web, label: {en: Web}}
          - {code: office, label: {en: Office}, when: sector == 'town'}
          - {code: other, label: {en: Other}, opens_text: true}
      - id: partners
        kind: multi
        text: {en: With whom?}
        definition: {en: "Partners are all who took part, such as suppliers."}
        max: 2
        choices:
          - {code: town, label: {en: Towns}}
          - {code: state, label: {en: The state}, when: sector == 'town'}
          - {code: other, label: {en: Others}, opens_text: true}
          - {code: none, label: {en: No one}, exclusive: true}
  - id: middle
    title: {en: Middle}
    section: first
    when: "channel == 'web' or 'town' in partners"
    questions:
      - {id: hours, kind: number, text: {en: Hours?}, min: 0, max: 2000, decimals: 1, missing: [dont_know, refused]}
      - {id: began, kind: date, text: {en: Began?}, min: 2020-01-01, max: 2026-12-31, missing: [dont_know]}
      - {id: founded, kind: year, text: {en: Founded?}, min: 1900, max: 2026, required: hard, missing: [dont_know]}
      - id: money
        kind: shares
        text: {en: Who paid?}
        missing: [dont_know]
        items:
          - {code: own, label: {en: Ourselves}}
          - {code: grant, label: {en: Grants}}
          - {code: town, label: {en: The town}, when: sector == 'town'}
      - id: goals
        kind: ranking
        text: {en: "Which goals, in order?"}
        min: 2
        max: 3
        missing: [not_relevant]
        choices:
          - {code: quality, label: {en: Quality}}
          - {code: time, label: {en: Time}}
          - {code: law, label: {en: Law}, when: sector == 'state'}
          - {code: other, label: {en: Other}, opens_text: true}
  - id: end
    title: {en: End}
    section: second
    questions:
      - id: a_head
        kind: computed
        text: {en: Hours a head}
        expression: hours / employees
        decimals: 2
        when: answered(hours)
      - id: factors
        kind: grid
        text: {en: What helped?}
        when: "a_head > 1 or goals.quality == 1 or money.own > 50 or hours.missing == 'dont_know'"
        items: [{code: law, label: {en: Law}}, {code: staff, label: {en: Staff}, when: founded > 1950}]
        choices: [{code: helped, label: {en: Helped}}, {code: hindered, label: {en: Hindered}}]
      - {id: name, kind: text, text: {en: Its name?}, max: 40, missing: [refused]}
      - {id: remarks, kind: longtext, text: {en: Remarks?}, required: no, max: 500}
checks:
  - {id: hours_near, level: soft, when: not hours > 1000 or money.own > 0, text: {en: Many hours.}}
  - {id: founded_late, level: info, when: founded < 2020, text: {en: That is young.}}
  - id: own_money
    level: hard
    when: not money.own == 100 or not 'other' in partners
    text: {en: Others paid nothing?}
"""
INSTRUMENT = read_instrument("every.yaml", YAML.encode(), REGISTER, ("en",))
