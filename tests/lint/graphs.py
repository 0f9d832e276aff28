"""Megaservice files for tests, made of their nodes."""

HEAD = "import os\nfrom comps import MicroService, ServiceOrchestrator, ServiceType\n"


def node(name, endpoint="/", kind="LLM", host='"localhost"', port="80"):
    """Return the statement that builds one remote node, on one line."""
    return (
        f'{name} = MicroService(name="{name}", host={host}, port={port}, endpoint="{endpoint}", '
        f"use_remote_service=True, service_type=ServiceType.{kind})"
    )


def megaservice(*statements):
    """Return a file whose line 3 builds the orchestrator `mega`, and whose further lines are these statements."""
    return HEAD + "mega = ServiceOrchestrator()\n" + "\n".join(statements) + "\n"
