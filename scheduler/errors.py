"""What stops a command with exit code 2: one sentence that says what to do."""


class Refused(Exception):
    """The command cannot be done as asked; nothing was written or changed. Its text is shown to the person as it is."""
