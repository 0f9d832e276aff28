"""The commands of `opea-harness`, one file each; `harness/cli.py` gathers them."""
