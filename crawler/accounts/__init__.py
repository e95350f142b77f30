"""New-media accounts: one reader per platform, all with one signature.

read_account(page, printed)   what a page says of an account
platform_named(printed)       the platform of a type as registers print it, with what it shows and what it never does
bridges                       the feeds that operators host themselves; bridgesettings: which account is asked of which
"""
