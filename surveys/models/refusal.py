class NotAllowed(Exception):
    """A change that the state of a thing or the person's role does not allow; says why, for the page."""
