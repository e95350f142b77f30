"""What the scheduler adds for new-media accounts: which way they are looked at, bridges and their health, operator reports."""
