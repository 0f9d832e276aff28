"""Language models: text generation in its components, summaries, questions with answers."""

from mocks.llms import summaries, text_generation

COMPS = (*text_generation.COMPS, *summaries.COMPS)
