"""A prompt and its values as the media the PBX plays, one after the other. Pure."""

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.spoken_values import PAUSE, spoken_words
from ivr.speech.wording import Place

PAUSE_URI = f"sound:hotline/{PAUSE}"
"""A short silence, written beside the prompts when they are installed."""
BEEP_URI = "sound:beep"
"""The tone before a message is recorded."""


def media(catalogue: Catalogue, prompt_id: str, language: str, **values: object) -> list[str]:
    """What the PBX plays for a prompt.

    Args:
        catalogue: the wording.
        prompt_id: a prompt of the catalogue (a ``Prompt``).
        language: "zh" or "en".
        values: one value for each place of the wording, see ``ValueKind`` for their types.

    Returns:
        Asterisk media URIs in speaking order, such as ``sound:hotline/zh/queue_position.1``.

    Raises:
        PromptError: unknown prompt or language; a value is missing, surplus or of the wrong type.
    """
    wordings = catalogue.prompts.get(prompt_id)
    if wordings is None:
        raise PromptError(f"prompt '{prompt_id}': is not in the catalogue")
    pieces = wordings.get(language)
    if pieces is None:
        raise PromptError(
            f"prompt '{prompt_id}': has no wording in {language!r}; there is {', '.join(wordings)}"
        )
    _require_same(prompt_id, {piece.name for piece in pieces if isinstance(piece, Place)}, set(values))
    uris: list[str] = []
    for piece in pieces:
        if isinstance(piece, Fragment):
            uris.append(piece.uri)
        else:
            uris += _value_media(catalogue, prompt_id, language, piece, values[piece.name])
    return uris


def spoken(catalogue: Catalogue, prompt_id: str, language: str) -> str:
    """The words of a prompt without values, for a voice that is not ours.

    Raises:
        PromptError: unknown prompt or language, or it needs values.
    """
    media(catalogue, prompt_id, language)
    return "".join(
        piece.wording for piece in catalogue.prompts[prompt_id][language] if isinstance(piece, Fragment)
    )


def _require_same(prompt_id: str, wanted: set[str], given: set[str]) -> None:
    if missing := wanted - given:
        raise PromptError(f"prompt '{prompt_id}': needs the value {', '.join(sorted(missing))}")
    if surplus := given - wanted:
        wants = ", ".join(sorted(wanted)) or "no values"
        raise PromptError(
            f"prompt '{prompt_id}': does not speak {', '.join(sorted(surplus))}; it takes {wants}"
        )


def _value_media(
    catalogue: Catalogue, prompt_id: str, language: str, place: Place, value: object
) -> list[str]:
    try:
        words = spoken_words(place.kind, language, value)
        return [PAUSE_URI if word == PAUSE else catalogue.words[language][word].uri for word in words]
    except PromptError as error:
        raise PromptError(f"prompt '{prompt_id}': {place.name}: {error}") from error
    except KeyError as error:
        raise PromptError(
            f"prompt '{prompt_id}': {place.name}: the catalogue's words.{language} has no {error.args[0]!r}"
        ) from error
