"""periodic reports, when they are due, who gets them; what engines tell of their cycles"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('periodic_schedule',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_periodic_schedule'))
    )
    op.create_table('periodic_report',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('replaces_id', BIG, nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('local_date', sa.Date(), nullable=True),
    sa.Column('due_at', Time(), nullable=True),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('summary', Json(), nullable=False),
    sa.Column('content', Json(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.CheckConstraint('first_on <= last_on', name=op.f('ck_periodic_report_days')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_periodic_report_reason_note_id_note')),
    sa.ForeignKeyConstraint(['replaces_id'], ['periodic_report.id'], name=op.f('fk_periodic_report_replaces_id_periodic_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_periodic_report')),
    sa.UniqueConstraint('code', 'first_on', 'last_on', 'edition', name=op.f('uq_periodic_report_code_first_on_last_on_edition')),
    sa.UniqueConstraint('code', 'local_date', name=op.f('uq_periodic_report_code_local_date'))
    )
    op.create_index('ix_periodic_report_made_at', 'periodic_report', ['made_at'], unique=False)

    op.create_table('periodic_subscription',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('since', Time(), nullable=False),
    sa.Column('by', BIG, nullable=False),
    sa.CheckConstraint("language IN ('zh','en')", name=op.f('ck_periodic_subscription_language')),
    sa.ForeignKeyConstraint(['by'], ['person.id'], name=op.f('fk_periodic_subscription_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_periodic_subscription_person_id_person')),
    sa.PrimaryKeyConstraint('code', 'person_id', name=op.f('pk_periodic_subscription'))
    )
    op.create_table('periodic_copy',
    sa.Column('report_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('read_at', Time(), nullable=True),
    sa.CheckConstraint("language IN ('zh','en')", name=op.f('ck_periodic_copy_language')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_periodic_copy_person_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['periodic_report.id'], name=op.f('fk_periodic_copy_report_id_periodic_report')),
    sa.PrimaryKeyConstraint('report_id', 'person_id', name=op.f('pk_periodic_copy'))
    )
    op.create_index('ix_periodic_copy_person_id', 'periodic_copy', ['person_id'], unique=False)

    op.add_column('engine_beat', sa.Column('cycles', Json(), server_default='{}', nullable=False))
    op.add_column('engine_beat', sa.Column('gateways', Json(), server_default='{}', nullable=False))
    for statement in guards.statements(op.get_bind().dialect.name, (), ('periodic_report',)):
        op.execute(statement)


def downgrade() -> None:
    op.drop_column('engine_beat', 'gateways')
    op.drop_column('engine_beat', 'cycles')
    op.drop_table('periodic_copy')
    op.drop_table('periodic_subscription')
    op.drop_table('periodic_report')
    op.drop_table('periodic_schedule')
