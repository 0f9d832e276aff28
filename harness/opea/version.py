"""The version of opea-comps whose names, routes and models the engine has."""

__version__ = "1.5"
__all__ = ["__version__"]
