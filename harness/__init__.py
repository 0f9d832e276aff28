"""OPEA Harness: tests and benchmarks OPEA stacks."""
