"""Draws runs: tables, figures and pages, computed from what a run left on disk."""
