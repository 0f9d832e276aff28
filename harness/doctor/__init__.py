"""Says why a stack that already runs does not work: it looks, changes nothing, and names the service and the cause."""
