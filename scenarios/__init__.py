"""What we ask of OPEA: one file per megaservice, each defining SCENARIOS and being a locust file."""
