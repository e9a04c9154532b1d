"""The catalogue and the code that speaks are held against each other, both ways."""

import ast
import itertools
import re
from pathlib import Path

import yaml

import ivr.speech.prompt_ids
from ivr.speech.catalogue import Catalogue
from ivr.speech.prompt_ids import Prompt

ROOT = Path(__file__).parents[2]
PLAYED = re.compile(r"hotline/(?:[a-z]+|\{\{[^}]*\}\})/([a-z_]+)")
MEMBER = re.compile(r"\bPrompt\.([A-Z_]+)\b")


def spoken_in_code() -> set[str]:
    """The ids of every Prompt that code of the engine names."""
    sources = [path for path in (ROOT / "ivr").rglob("*.py") if path.name != "prompt_ids.py"]
    members = {name for path in sources for name in MEMBER.findall(path.read_text(encoding="utf-8"))}
    return {Prompt[name].value for name in members if name in Prompt.__members__}


def spoken_in_templates() -> set[str]:
    """The ids that a dialplan template plays."""
    files = (ROOT / "ivr").rglob("*.j2")
    return {found for path in files for found in PLAYED.findall(path.read_text(encoding="utf-8"))}


def spoken_in_menus() -> set[str]:
    """The ids that the menus of config.yaml speak."""
    menus = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["menu"]
    return {prompt_id for menu in menus.values() for prompt_id in menu["prompts"]}


def spoken_in_questionnaires() -> set[str]:
    """The ids that the questionnaires of revisits ask."""
    files = (ROOT / "prompts" / "questionnaires").glob("*.yaml")
    found = [yaml.safe_load(file.read_text(encoding="utf-8"))["questions"] for file in files]
    return {question["prompt"] for questions in found for question in questions.values()}


def test_the_code_knows_exactly_the_prompts_of_the_catalogue(catalogue: Catalogue) -> None:
    assert set(Prompt) == set(catalogue.prompts)


def test_every_prompt_is_spoken_somewhere() -> None:
    spoken = spoken_in_code() | spoken_in_templates() | spoken_in_menus() | spoken_in_questionnaires()
    assert set(Prompt) - spoken == set()


def test_templates_and_menus_speak_only_what_there_is() -> None:
    assert spoken_in_templates() | spoken_in_menus() <= set(Prompt)


def test_every_prompt_has_its_meaning_beside_it() -> None:
    tree = ast.parse(Path(ivr.speech.prompt_ids.__file__).read_text(encoding="utf-8"))
    (members,) = (node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    following = dict(itertools.pairwise(members))
    without = [
        node.targets[0].id
        for node in members
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if not (isinstance(following.get(node), ast.Expr) and isinstance(following[node].value, ast.Constant))  # type: ignore[attr-defined]
    ]
    assert without == []
