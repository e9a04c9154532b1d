"""The draw of a busy month: a sample belongs to a frozen population; alarm calls are found by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_DRAW = "CONSTRAINT fk_quality_samples_draw_id FOREIGN KEY(draw_id) REFERENCES quality_draws (id)"
_AGENT = "CONSTRAINT fk_quality_samples_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id)"
_POPULATION = (
    "CONSTRAINT fk_quality_samples_draw_id_agent_id FOREIGN KEY(draw_id, agent_id) "
    "REFERENCES quality_populations (draw_id, agent_id)"
)
_STRAYS = (
    "SELECT 1 FROM quality_samples WHERE NOT EXISTS (SELECT 1 FROM quality_populations WHERE "
    "quality_populations.draw_id = quality_samples.draw_id "
    "AND quality_populations.agent_id = quality_samples.agent_id) LIMIT 1"
)


def upgrade() -> None:
    """One reference in place of two: the population refers to draw and agent itself."""
    if op.get_bind().dialect.name == "sqlite":
        _edit_sqlite()
    else:
        op.execute("ALTER TABLE quality_samples DROP CONSTRAINT fk_quality_samples_draw_id")
        op.execute("ALTER TABLE quality_samples DROP CONSTRAINT fk_quality_samples_agent_id")
        # What was drawn stays as it is: `hotline qa verify` judges it, and not the upgrade.
        strays = op.get_bind().exec_driver_sql(_STRAYS).first() is not None
        op.execute(f"ALTER TABLE quality_samples ADD {_POPULATION}{' NOT VALID' if strays else ''}")
    alarm = sa.text("kind = 'alarm' OR queue = 'alarm'")
    op.create_index("ix_calls_alarm", "calls", ["id"], sqlite_where=alarm, postgresql_where=alarm)


def _edit_sqlite() -> None:
    """References are not part of what SQLite keeps in a table, so only its CREATE statement is changed.

    See https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes". To make the
    table anew, foreign keys would have to be switched off, which a transaction cannot do.
    """
    connection = op.get_bind()
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    kept = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE name = 'quality_samples'"
    ).scalar_one()
    sql = "\n".join(line.replace(_DRAW, _POPULATION) for line in str(kept).splitlines() if _AGENT not in line)
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE name = 'quality_samples'", (sql,))
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
