"""The outbox: what is to be sent, to whom, and what became of it.

In: a planned send, once per enrollment and step. Out: the message under an epoch, and its outcome. Always:

1. one row per dedupe key, for life; the database refuses a second and refuses to delete the first;
2. a state changes only as ``policy.MESSAGE_MOVES`` says, and only under the epoch that the caller holds;
3. the epoch rises by one with each claim and at no other time, so a worker that lost its lease can change nothing;
4. planned = accepted + rejected + refused + held + unknown + pending, to the unit.
"""
