"""Protected statistics of closed periods."""
