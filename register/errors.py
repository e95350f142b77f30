"""What stops a whole table or register. Everything smaller is a Problem in a list."""


class TableUnreadable(Exception):
    """A file or folder that no table can be read from. The message is one sentence that says what to do."""


class RegisterUnreadable(TableUnreadable):
    """A register that cannot be read at all. The message is one sentence that says what to do."""
