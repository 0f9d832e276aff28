"""Processes of ours: they say when they are ready, and end when we do, whatever becomes of us."""
