"""What `comps.cores.mcp` gives: tools over the Model Context Protocol, served and called; needs the extra `mcp`."""
