"""Cases: sealed sections, intake, journal, plan, search."""
