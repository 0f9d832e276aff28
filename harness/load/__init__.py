"""Scenario to load: arrivals, the engine, and the locust adapter."""
