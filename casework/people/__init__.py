"""People with accounts: users, teams, memberships, sign-in, activation, sessions."""
