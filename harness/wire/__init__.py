"""The proxy before a node: transparent until a fault is put on it, and a witness of all that crosses."""
