"""The parts of a run: correctness, chaos and load; each drives the stack and leaves evidence, none judges."""
