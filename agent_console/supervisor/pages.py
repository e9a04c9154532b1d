"""The supervisor's page: who is in which state, who waits, and which engines live; all by the live feed."""

from flask import Blueprint, render_template

blueprint = Blueprint("supervisor", __name__)


@blueprint.get("/floor")
def floor() -> str:
    """The floor."""
    return render_template("supervisor/floor.html")
