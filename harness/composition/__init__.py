"""A set of services as data, and what raises it in containers: in dependency order, side by side, ready when each has answered."""
