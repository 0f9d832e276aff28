"""What OPEA's orchestrator is known to do wrong (GenAIComps 8130a3f), as data: put a gateway on the bench and see what of it is there."""
