"""New-media accounts: one reader per platform, all with one signature."""
