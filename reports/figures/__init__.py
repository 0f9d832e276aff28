"""The figures of a report as SVG, drawn by our own code: no plotting library, no network, colours from the page's style."""
