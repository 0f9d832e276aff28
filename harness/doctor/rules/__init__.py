"""One file for each thing that is judged; each defines `RULES`, a tuple of `Rule`."""
