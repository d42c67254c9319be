"""restricted incidents: who is named; information security: flows, evidence and custody, decisions to tell, confidentiality"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('named', 'security_flow', 'security_step', 'evidence_item', 'custody_link', 'telling_decision')
TIES = (
    ('named', 'incident_id', 'incident'),
    ('security_flow', 'incident_id', 'incident'),
    ('security_step', 'incident_id', 'incident'),
    ('evidence_item', 'incident_id', 'incident'),
    ('custody_link', 'evidence_id', 'evidence_item'),
    ('telling_decision', 'incident_id', 'incident'),
    ('telling_decision', 'notice_id', 'notice'),
)


def upgrade() -> None:
    op.create_table('confidentiality',
    sa.Column('id', BIG, nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('kept_by', BIG, nullable=False),
    sa.Column('kept_at', Time(), nullable=False),
    sa.Column('ended_at', Time(), nullable=True),
    sa.CheckConstraint('signed_on <= valid_until', name=op.f('ck_confidentiality_days')),
    sa.ForeignKeyConstraint(['kept_by'], ['person.id'], name=op.f('fk_confidentiality_kept_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_confidentiality'))
    )
    op.create_table('evidence_item',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('label', sa.Integer(), nullable=False),
    sa.Column('form', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('size', BIG, nullable=True),
    sa.Column('description_note_id', BIG, nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('taken_at', Time(), nullable=False),
    sa.Column('taken_by', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sealed', sa.Boolean(), nullable=False),
    sa.Column('keeper_id', BIG, nullable=False),
    sa.Column('to_id', BIG, nullable=True),
    sa.Column('agreement_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("form IN ('file', 'media')", name=op.f('ck_evidence_item_form')),
    sa.CheckConstraint("state IN ('kept', 'handed', 'out', 'returned', 'destroyed')", name=op.f('ck_evidence_item_state')),
    sa.ForeignKeyConstraint(['agreement_id'], ['confidentiality.id'], name=op.f('fk_evidence_item_agreement_id_confidentiality')),
    sa.ForeignKeyConstraint(['description_note_id'], ['note.id'], name=op.f('fk_evidence_item_description_note_id_note')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_evidence_item_incident_id_incident')),
    sa.ForeignKeyConstraint(['keeper_id'], ['person.id'], name=op.f('fk_evidence_item_keeper_id_person')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_evidence_item_taken_by_person')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_evidence_item_to_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_item')),
    sa.UniqueConstraint('incident_id', 'label', name=op.f('uq_evidence_item_incident_id_label'))
    )
    op.create_table('named',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("why IN ('group','lead','keeper','added','looked_in')", name=op.f('ck_named_why')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_named_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_named_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_named')),
    sa.UniqueConstraint('incident_id', 'person_id', name=op.f('uq_named_incident_id_person_id'))
    )
    op.create_index('ix_named_person_id', 'named', ['person_id'], unique=False)
    op.create_table('security_flow',
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('flow', sa.Text(), nullable=False),
    sa.Column('chosen_at', Time(), nullable=False),
    sa.Column('chosen_by', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['chosen_by'], ['person.id'], name=op.f('fk_security_flow_chosen_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_security_flow_incident_id_incident')),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_security_flow'))
    )
    op.create_table('security_step',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('settled_at', Time(), nullable=True),
    sa.Column('settled_by', BIG, nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'done', 'skipped')", name=op.f('ck_security_step_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_security_step_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_security_step_note_id_note')),
    sa.ForeignKeyConstraint(['settled_by'], ['person.id'], name=op.f('fk_security_step_settled_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_security_step')),
    sa.UniqueConstraint('incident_id', 'code', name=op.f('uq_security_step_incident_id_code'))
    )
    op.create_table('telling_decision',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('tell', sa.Boolean(), nullable=False),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('reconsider_on', sa.Date(), nullable=True),
    sa.Column('concerned', sa.Integer(), nullable=False),
    sa.Column('decided_at', Time(), nullable=False),
    sa.Column('decided_by', BIG, nullable=False),
    sa.Column('notice_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint('tell OR reconsider_on IS NOT NULL', name=op.f('ck_telling_decision_reconsider')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_telling_decision_decided_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_telling_decision_incident_id_incident')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_telling_decision_notice_id_notice')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_telling_decision_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_telling_decision'))
    )
    op.create_index('ix_telling_decision_incident_id', 'telling_decision', ['incident_id'], unique=False)
    op.create_table('custody_link',
    sa.Column('id', BIG, nullable=False),
    sa.Column('evidence_id', BIG, nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('by', BIG, nullable=False),
    sa.Column('to_id', BIG, nullable=True),
    sa.Column('agreement_id', BIG, nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("act IN ('taken', 'handed', 'accepted', 'not_accepted', 'taken_over', 'given_out', 'came_back', 'sealed', 'unsealed', 'checked', 'read', 'returned', 'destroyed')", name=op.f('ck_custody_link_act')),
    sa.ForeignKeyConstraint(['agreement_id'], ['confidentiality.id'], name=op.f('fk_custody_link_agreement_id_confidentiality')),
    sa.ForeignKeyConstraint(['by'], ['person.id'], name=op.f('fk_custody_link_by_person')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_item.id'], name=op.f('fk_custody_link_evidence_id_evidence_item')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_custody_link_note_id_note')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_custody_link_to_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custody_link'))
    )
    op.create_index('ix_custody_link_evidence_id', 'custody_link', ['evidence_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES, ()):
        op.execute(statement)
    for statement in guards.ties(op.get_bind().dialect.name, TIES):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    for name in ('custody_link', 'telling_decision', 'security_step', 'security_flow', 'named', 'evidence_item', 'confidentiality'):
        op.drop_table(name)
