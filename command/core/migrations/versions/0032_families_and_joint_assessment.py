"""families of incidents and joint assessment"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = "0032"
down_revision = '0031'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("joint_assessment", "joint_view", "kinship")
TIES = (
    ("joint_assessment", "incident_id", "incident"),
    ("joint_view", "assessment_id", "joint_assessment"),
    ("kinship", "child_id", "incident"),
    ("kinship", "parent_id", "incident"),
)


def upgrade() -> None:
    op.create_table(
        "joint_assessment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("departments", Json(), nullable=False),
        sa.Column("question_note_id", BIG, nullable=True),
        sa.Column("opened_at", Time(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_at", Time(), nullable=False),
        sa.Column("decided_at", Time(), nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("fault_class", sa.Text(), nullable=True),
        sa.Column("cause_class", sa.Text(), nullable=True),
        sa.Column("areas", Json(), nullable=True),
        sa.Column("services", Json(), nullable=True),
        sa.Column("users", sa.Integer(), nullable=True),
        sa.Column("harm", sa.Text(), nullable=True),
        sa.Column("suggested", sa.Integer(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("reason_note_id", BIG, nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('open','decided','withdrawn')", name=op.f("ck_joint_assessment_state")),
        sa.CheckConstraint("tier IS NULL OR tier BETWEEN 1 AND 4", name=op.f("ck_joint_assessment_tier")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_joint_assessment_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_joint_assessment_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["question_note_id"], ["note.id"], name=op.f("fk_joint_assessment_question_note_id_note")
        ),
        sa.ForeignKeyConstraint(["reason_note_id"], ["note.id"], name=op.f("fk_joint_assessment_reason_note_id_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_assessment")),
        sa.UniqueConstraint("incident_id", "round", name=op.f("uq_joint_assessment_incident_id_round")),
    )
    op.create_table(
        "kinship",
        sa.Column("id", BIG, nullable=False),
        sa.Column("child_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=False),
        sa.Column("from_at", Time(), nullable=False),
        sa.Column("until_at", Time(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("minutes_until", sa.Double(), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["incident.id"], name=op.f("fk_kinship_child_id_incident")),
        sa.ForeignKeyConstraint(["parent_id"], ["incident.id"], name=op.f("fk_kinship_parent_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kinship")),
    )
    op.create_index(op.f("ix_kinship_child_id"), "kinship", ["child_id"], unique=False)
    op.create_index(op.f("ix_kinship_parent_id"), "kinship", ["parent_id"], unique=False)
    op.create_table(
        "joint_view",
        sa.Column("id", BIG, nullable=False),
        sa.Column("assessment_id", BIG, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fault_class", sa.Text(), nullable=True),
        sa.Column("cause_class", sa.Text(), nullable=True),
        sa.Column("areas", Json(), nullable=False),
        sa.Column("services", Json(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=True),
        sa.Column("harm", sa.Text(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("note_id", BIG, nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.CheckConstraint("confidence IN ('low','medium','high')", name=op.f("ck_joint_view_confidence")),
        sa.CheckConstraint("harm IN ('low','medium','high','very_high')", name=op.f("ck_joint_view_harm")),
        sa.CheckConstraint("tier BETWEEN 1 AND 4", name=op.f("ck_joint_view_tier")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["joint_assessment.id"], name=op.f("fk_joint_view_assessment_id_joint_assessment")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_joint_view_note_id_note")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_joint_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_view")),
    )
    op.create_index(op.f("ix_joint_view_assessment_id"), "joint_view", ["assessment_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table("joint_view")
    op.drop_table("kinship")
    op.drop_table("joint_assessment")
