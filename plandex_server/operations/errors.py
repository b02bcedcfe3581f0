class CareFailed(Exception):
    """A command that cares for the data can't go on; the text says why, and what to do."""
