"""Draws runs: tables, figures and pages, computed from what a run left on disk."""

from reports.folder import draw, load

__all__ = ["draw", "load"]
