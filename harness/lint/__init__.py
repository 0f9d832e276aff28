"""Reads a megaservice's file and its compose files, runs neither, and says what would go wrong."""
