"""What `from comps import ...` gives a megaservice, on our own engine."""
