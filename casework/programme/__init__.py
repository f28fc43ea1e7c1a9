"""What the programme does besides cases: activities without names, and what it promised."""
