"""One file for each thing that is looked at; each defines `RULES`, a tuple of `Rule`."""
