"""Gateways: whose orchestrator answers."""
