class DatabaseTrouble(SystemExit):
    """The embedded database cannot run; the text says why, in one sentence for the person at the terminal."""
