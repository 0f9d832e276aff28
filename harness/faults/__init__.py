"""One fault per file; each defines FAULTS."""
