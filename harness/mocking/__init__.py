"""A comp's contract, served as a mock: any number of them in one process, one port each, all of one world."""
