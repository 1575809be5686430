"""What can be a secret that a platform gave."""

MIN_CHARACTERS, MAX_CHARACTERS = 16, 255


def is_printable(text: str) -> bool:
    """Whether this can stand in a header and in a person's clipboard: printable ASCII without spaces."""
    has_length = MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS
    return has_length and text.isascii() and text.isprintable() and " " not in text
