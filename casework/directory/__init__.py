"""Service providers: what they do, for whom, where, when, and how to reach them."""
