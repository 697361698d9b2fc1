"""What this room hears of the log, and hints that follow."""


def listen() -> None:
    """Hear of everything that is recorded."""
