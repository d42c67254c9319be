"""notices by policy: zones of areas, quiet hours by recipient, what an update was about, late updates; replies of subscribers"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('notice_reply',)
TIES = (('notice_reply', 'incident_id', 'incident'), ('notice_reply', 'notice_id', 'notice'))
FIRST = sa.text("kind = 'first'")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column('area', sa.Column('zone', sa.Text(), nullable=True))
    op.add_column('notice', sa.Column('keeps_quiet', sa.Boolean(), nullable=False, server_default=sa.text('false')))
    op.add_column('notice', sa.Column('facts', Json(), nullable=True))
    op.add_column('notice', sa.Column('late_at', Time(), nullable=True))
    op.create_index('ix_notice_told_at', 'notice', ['created_at'], postgresql_where=FIRST, sqlite_where=FIRST)
    op.create_table('notice_reply',
    sa.Column('id', BIG, nullable=False),
    sa.Column('inbound_id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('notice_id', BIG, nullable=False),
    sa.Column('subscriber_id', BIG, nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('came_at', Time(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('case_reference', sa.Text(), nullable=True),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('done_note_id', BIG, nullable=True),
    sa.Column('done_by', BIG, nullable=True),
    sa.Column('done_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('open','case','answered','closed')", name=op.f('ck_notice_reply_state')),
    sa.ForeignKeyConstraint(['inbound_id'], ['inbound.id'], name=op.f('fk_notice_reply_inbound_id_inbound'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_notice_reply_incident_id_incident')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_reply_notice_id_notice')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_notice_reply_note_id_note')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_notice_reply_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['done_note_id'], ['note.id'], name=op.f('fk_notice_reply_done_note_id_note')),
    sa.ForeignKeyConstraint(['done_by'], ['person.id'], name=op.f('fk_notice_reply_done_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_reply')),
    sa.UniqueConstraint('inbound_id', name=op.f('uq_notice_reply_inbound_id'))
    )
    op.create_index('ix_notice_reply_incident_id', 'notice_reply', ['incident_id'])
    op.create_index('ix_notice_reply_open', 'notice_reply', ['id'], postgresql_where=OPEN, sqlite_where=OPEN)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('notice_reply')
    op.drop_index('ix_notice_told_at', table_name='notice')
    for column in ('late_at', 'facts', 'keeps_quiet'):
        op.drop_column('notice', column)
    op.drop_column('area', 'zone')
