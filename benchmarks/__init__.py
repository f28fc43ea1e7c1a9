"""What the acts of a working day cost, and of what: `make bench`."""
