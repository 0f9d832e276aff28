"""Guardrails: content, bias, toxicity, prompt injection, personal data, factuality and hallucination."""

from mocks.guardrails import classifiers, content, judges, personal_data, predictionguard

COMPS = (content.COMP, *classifiers.COMPS, personal_data.COMP, *judges.COMPS, *predictionguard.COMPS)
