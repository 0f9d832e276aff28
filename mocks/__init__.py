"""What we know of each OPEA comp: one file (or package) per GenAIComps folder, each defining COMPS."""
