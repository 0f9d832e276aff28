"""A real Jaeger beside the embedded trace store: built once from its Go modules, run as a process of ours."""
