"""How rows reach a database.

In: decided values. Out: committed rows, or nothing. Always:

1. the only ``commit`` in the program is :meth:`unit_of_work.UnitOfWork.commit`;
2. a unit that wrote anything without an audit event does not commit;
3. every row of a protected table is written through :mod:`app.storage.rows`, which notes its digest for the audit log.
"""
