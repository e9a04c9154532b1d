"""``python -m ivr.speech.area_voice``: the name of an area of an outage as a sound for callers (R-5.1).

A process of its own, at the lowest priority: a voice takes all of a core for seconds, and calls go on
meanwhile. The words come on the standard input; the exit code is 1, with the reason on the standard error,
where no voice can say them here.
"""

import argparse
import os
import re
import sys
from pathlib import Path

import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import load_catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.render import EngineChoice, open_engine
from ivr.speech.sound_shaping import MASTER_RATE, master
from ivr.speech.telephone_formats import TELEPHONE_RATE, to_pcm

LOWEST_PRIORITY = 19
LONGEST = 200
_DIGITS = "零一二三四五六七八九"


def as_words(area: str, language: str) -> str:
    """Figures as a Chinese voice says them: 12号楼 is 十二号楼, 1205 is 一二零五.

    >>> as_words("泉中小区3号楼、12号楼、20号楼、105室", "zh")
    '泉中小区三号楼、十二号楼、二十号楼、一零五室'
    """
    if language != "zh":
        return area
    return re.sub("[0-9]+", lambda found: _number(found[0]), area)


def _number(figures: str) -> str:
    if len(figures) != 2 or figures[0] == "0":
        return "".join(_DIGITS[int(figure)] for figure in figures)
    tens, ones = int(figures[0]), int(figures[1])
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def say_area(area: str, language: str, prompts: Path, voices: Path, file: Path) -> None:
    """Write the name of an area as an 8 kHz WAV, which the PBX plays and browsers too.

    :raises PromptError: no voice here can say it.
    """
    words = as_words(area.strip()[:LONGEST], language)
    if language == "zh" and not re.search("[一-鿿]", words):
        raise PromptError(f'"{words}": there is nothing Chinese in it')
    catalogue = load_catalogue(prompts)
    engine = open_engine(EngineChoice.AUTO, catalogue, voices)
    fragment = Fragment(language, "area", words + ("。" if language == "zh" else "."), language, (), "", "")
    samples, rate = engine.speak(fragment, catalogue.voices[language])
    sound = to_pcm(master(samples, rate, "area"), MASTER_RATE, TELEPHONE_RATE)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(".part")
    soundfile.write(fresh, sound, TELEPHONE_RATE, format="WAV", subtype="PCM_16")
    fresh.replace(file)


def main() -> int:
    """What the engine starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, required=True)
    parser.add_argument("--voices", type=Path, required=True)
    parser.add_argument("--language", required=True, choices=("en", "zh"))
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    os.nice(LOWEST_PRIORITY)
    try:
        say_area(sys.stdin.read(), given.language, given.prompts, given.voices, given.to)
    except (PromptError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
