"""`hotline prompts`: list the wording, check the audio, hand it out, render what is missing or stale."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, Texts, load_catalogue
from ivr.speech.install import install_prompts
from ivr.speech.manifest import audio_findings, recorded_path, unused_recordings
from ivr.speech.render import EngineChoice, open_engine, render_fragments, select_fragments
from ivr.speech.wording import Place

DEFAULT_VOICES_FOLDER = Path("var/voices")


def add_prompts_commands(subparsers: Any) -> None:
    """Add `prompts list|check|install|render` to the hotline's command line.

    Args:
        subparsers: what ``ArgumentParser.add_subparsers()`` returned; the arguments then go to
            `run_prompts_command`.
    """
    prompts: argparse.ArgumentParser = subparsers.add_parser("prompts", help="spoken wording and its audio")
    add_actions(prompts)


def add_actions(prompts: argparse.ArgumentParser) -> None:
    """Add the actions list, check, install and render to a parser."""
    actions = prompts.add_subparsers(dest="prompts_action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every prompt with its wording and the values it takes")
    actions.add_parser("check", help="name each prompt without audio or with audio of another wording")
    install = actions.add_parser("install", help="write sounds and music for an Asterisk on another machine")
    install.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="gets sounds/ and moh/, which belong into that machine's astdatadir",
    )
    render = actions.add_parser("render", help="render what is missing or stale, or the prompts named")
    render.add_argument(
        "ids", nargs="*", metavar="ID", help="prompt ids or fragment names; they are rendered anew"
    )
    render.add_argument("--engine", type=EngineChoice, choices=list(EngineChoice), default=EngineChoice.AUTO)
    render.add_argument("--language", help="only this language, such as zh")
    render.add_argument("--all", action="store_true", help="render everything anew")
    render.add_argument(
        "--voices",
        type=Path,
        default=DEFAULT_VOICES_FOLDER,
        metavar="FOLDER",
        help="the neural voices' files (default: %(default)s)",
    )


def run_prompts_command(
    arguments: argparse.Namespace, prompts_folder: Path, texts: Texts | None = None
) -> int:
    """Do what the command line says, and print it.

    Args:
        arguments: as parsed by what `add_prompts_commands` added.
        prompts_folder: the folder of catalogue.yaml.
        texts: the configuration's texts, such as the company's name by language.

    Returns:
        The exit code: 1 when `check` found something, 0 otherwise.

    Raises:
        PromptError: catalogue, audio or engine are not usable; the message is for the operator.
    """
    catalogue = load_catalogue(prompts_folder, texts)
    if arguments.prompts_action == "list":
        _list(catalogue, prompts_folder)
        return 0
    if arguments.prompts_action == "check":
        return _check(catalogue, prompts_folder)
    if arguments.prompts_action == "install":
        _install(prompts_folder, arguments.to, texts)
        return 0
    _render(arguments, catalogue, prompts_folder)
    return 0


def _list(catalogue: Catalogue, prompts_folder: Path) -> None:
    for prompt_id, wordings in catalogue.prompts.items():
        print(prompt_id)
        for language, pieces in wordings.items():
            spoken = "".join(
                f"{{{piece.name}:{piece.kind}}}" if isinstance(piece, Place) else piece.wording
                for piece in pieces
            )
            human = any(
                not isinstance(piece, Place) and recorded_path(prompts_folder, piece) for piece in pieces
            )
            print(f"  {language}: {spoken}{'  (recorded)' if human else ''}")


def _check(catalogue: Catalogue, prompts_folder: Path) -> int:
    findings = [str(finding) for finding in audio_findings(catalogue, prompts_folder)]
    findings += [
        f"recording {path}: is played by no prompt; its name must be that of a file in audio/, "
        "with the suffix .wav or .flac"
        for path in unused_recordings(catalogue, prompts_folder)
    ]
    for finding in findings:
        print(finding)
    if not findings:
        print(f"all {len(list(catalogue.fragments()))} sounds are there and say what the catalogue says")
    return 1 if findings else 0


def _install(prompts_folder: Path, folder: Path, texts: Texts | None) -> None:
    report = install_prompts(prompts_folder, folder / "sounds", texts)
    for finding in report.stale:
        print(f"warning: {finding}")
    print(f"{folder}: {report.written} files written, {report.unchanged} unchanged, {report.removed} removed")


def _render(arguments: argparse.Namespace, catalogue: Catalogue, prompts_folder: Path) -> None:
    fragments = select_fragments(
        catalogue, prompts_folder, arguments.ids, arguments.language, everything=arguments.all
    )
    if not fragments:
        print("nothing to render: all audio says what the catalogue says")
        return
    engine = open_engine(arguments.engine, catalogue, arguments.voices)
    print(f"rendering {len(fragments)} with {engine.name}", flush=True)
    render_fragments(catalogue, prompts_folder, engine, fragments, lambda line: print(line, flush=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """The same without the rest of the hotline, for an environment that has only what renders."""
    parser = argparse.ArgumentParser(prog="python -m ivr.speech.command", description=__doc__)
    parser.add_argument("--prompts", type=Path, default=Path("prompts"), metavar="FOLDER")
    add_actions(parser)
    parsed = parser.parse_args(arguments)
    try:
        return run_prompts_command(parsed, parsed.prompts)
    except PromptError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
