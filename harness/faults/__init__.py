"""One kind of fault per file; each defines FAULTS."""
