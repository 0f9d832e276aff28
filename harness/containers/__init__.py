"""Containers of ours on a Docker engine: started on a private network, watched while they live, gone when we are done."""
