"""Lines of logs and what they mean: one file for each family, each defines `CAUSES`."""
