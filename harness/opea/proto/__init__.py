"""The models that OPEA's comps exchange: `docarray` and `api_protocol`, by upstream's names, on pydantic alone."""
