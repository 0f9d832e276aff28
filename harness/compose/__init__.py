"""Compose files as compositions: read, resolved, and raised under a project of its own with wires before its comps."""
