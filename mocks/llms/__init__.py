"""Language models: text generation in its components, summaries, questions with answers, the model of an evaluation."""

from mocks.llms import lm_eval, summaries, text_generation

COMPS = (*text_generation.COMPS, *summaries.COMPS, *lm_eval.COMPS)
