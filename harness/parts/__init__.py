"""The parts of a run, each of which drives the stack and leaves evidence; none judges.

What is asked for by name is correctness (with the nodes' contracts), chaos (with outages and termination, where containers are) and load;
manners come before them, traces are read back after them, and defects are tried on a bench of their own.
"""
