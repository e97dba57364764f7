"""${message.capitalize()}.

Revision ${up_revision}${f", after {down_revision}" if down_revision else ", the first"}.
"""

import sqlalchemy as sa
from alembic import op

from app.storage import base
from app.storage.guards import Guard, create_guards, drop_guards

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

GUARDS = (
% for guard in guards:
    Guard(
        name=${repr(guard.name)},
        table=${repr(guard.table)},
        on=${repr(guard.on)},
        refuse_when=${repr(guard.refuse_when)},
        message=${repr(guard.message)},
    ),
% endfor
)


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if not down_revision:
    op.execute("INSERT INTO audit_head (id, size, frontier, last_at) VALUES (1, 0, '[]', NULL)")
% endif
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    drop_guards(op.get_bind(), GUARDS)
    ${downgrades if downgrades else "pass"}
