"""the command board: users per affected area, alerts that were seen, outlines of areas"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

EXERCISE_TABLES = ["affected_area", "alert_seen"]


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "affected_area",
        sa.Column("incident_id", _id(), nullable=False),
        sa.Column("area_id", _id(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_affected_area_area_id_area")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_affected_area_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "area_id", name=op.f("pk_affected_area")),
    )
    op.create_table(
        "alert_seen",
        sa.Column("id", _id(), nullable=False),
        sa.Column("incident_id", _id(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("at", command.core.columns.Time(), nullable=False),
        sa.Column("person_id", _id(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_alert_seen_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alert_seen_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_seen")),
    )
    op.create_index(op.f("ix_alert_seen_incident_id"), "alert_seen", ["incident_id"], unique=False)
    op.create_table(
        "area_shape",
        sa.Column("area_id", _id(), nullable=False),
        sa.Column("rings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_area_shape_area_id_area"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_area_shape")),
    )
    for statement in guards.statements(op.get_bind().dialect.name, EXERCISE_TABLES, journal=()):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.removals(op.get_bind().dialect.name, EXERCISE_TABLES, journal=()):
        if "DROP FUNCTION" not in statement:
            op.execute(statement)
    op.drop_table("area_shape")
    op.drop_index(op.f("ix_alert_seen_incident_id"), table_name="alert_seen")
    op.drop_table("alert_seen")
    op.drop_table("affected_area")
