"""Write migration 0001 afresh from the models (only before the first release; later schemas get migrations of their own)."""

import re
import tempfile

from alembic import command as alembic
from sqlalchemy import create_engine

from command.core import guards, schema
from command.models import metadata

VERSIONS = schema.MIGRATIONS / "versions"


def main() -> None:
    for old in VERSIONS.glob("0001_*.py"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, create_engine(f"sqlite:///{folder}/empty.db").connect() as connection:
        alembic.revision(schema.config(connection), "the first schema", autogenerate=True, rev_id="0001")
    path = next(VERSIONS.glob("0001_*.py"))
    path.write_text(_with_guards(path.read_text()))


def _with_guards(source: str) -> str:
    tables = [table.name for table in guards.exercise_tables(metadata)]
    source = re.sub(r"command\.core\.columns\.Time\(timezone=True\)", "command.core.columns.Time()", source)
    source = source.replace("command.core.columns.Json()", "sa.Text()")
    source = re.sub(r"\n    # ### .*", "", source)
    source = source.replace("def upgrade()", f"EXERCISE_TABLES = {tables!r}\n\n\ndef upgrade()")
    made = "    for statement in guards.statements(op.get_bind().dialect.name, EXERCISE_TABLES):\n        op.execute(statement)\n"
    made += '    op.execute("INSERT INTO clock_offset (id, microseconds) VALUES (1, 0)")\n'
    removed = "    for statement in guards.removals(op.get_bind().dialect.name, EXERCISE_TABLES):\n        op.execute(statement)\n"
    up, down = source.split("def downgrade() -> None:\n")
    return up.rstrip() + "\n" + made + "\n\ndef downgrade() -> None:\n" + removed + down


if __name__ == "__main__":
    main()
