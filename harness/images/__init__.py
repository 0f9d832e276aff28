"""A new image, or whatever answers at an address, is examined as one comp, level by level."""
