"""What each `topup` command does; a command loads only the module that it needs."""


class CommandFailed(Exception):
    """It cannot be done; the text says why and what to do."""
