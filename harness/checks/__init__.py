"""Checks of a whole run: pure functions from what a run left on disk to verdicts.

`evidence.py` gathers what they look at; `answers.py` judges what was answered, `isolation.py` whose answer it was, `hops.py` what
crossed the hops, `cells.py` the faults.
"""
