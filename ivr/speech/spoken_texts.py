"""The words of the configuration that are spoken, as the prompts' catalogue wants them."""

from ivr.config import Settings


def prompt_texts(settings: Settings) -> dict[str, dict[str, str]]:
    """Text by name, then by language."""
    return {"company": {"zh": settings.company.name.zh, "en": settings.company.name.en}}
