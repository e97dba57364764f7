"""The process that sends: it alone holds a transport and the mail secrets.

In: due work in the database. Out: messages, receipts, expiries, checkpoints. Always: one bounded batch at a time, at its own
pace; when told to stop it finishes the batch in hand and claims no more.
"""
