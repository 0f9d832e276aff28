"""Traces: emit them, keep them, read them back, and turn them into latency per node."""
