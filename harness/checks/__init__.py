"""Checks of a whole run: pure functions from what a run left on disk to verdicts.

`evidence.py` gathers what they look at; `answers.py` judges what was answered, `isolation.py` whose answer it was, `hops.py` what
crossed the hops, and `correctness.py` puts these together. `cells.py` judges the faults, `load.py` the load, `manners.py` whether a
megaservice answers in the way in which it is asked; `stand_ins.py` excuses what a stand-in cannot know.
"""
