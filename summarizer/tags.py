"""Language tags (BCP 47), of which we tell apart no more than the language itself."""


def primary(tag: str | None) -> str:
    """The language of a tag in small letters, `fr` of `fr-CA`; nothing of nothing."""
    return (tag or "").replace("_", "-").partition("-")[0].casefold()
