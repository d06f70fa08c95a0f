"""The questionnaire, its scoring, its ageing and its quality. Pure (spec: care A2–A5)."""
