"""Language models: the text generation service in its components."""

from mocks.llms import text_generation

COMPS = text_generation.COMPS
