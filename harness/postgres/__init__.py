"""An embedded PostgreSQL with pgvector: programs from a Python package, a cluster in a temporary folder, gone at exit."""
