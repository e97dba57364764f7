"""From permit to outcome: hold the dot, release, receipt.

In: due messages of the outbox. Out: at most one end marker ("the dot") per message, ever, and one receipt per attempt.
Always (``design.md`` section 8, reliability 2.2):

1. the body is on the wire before the release transaction, and the dot only after its commit and after a journal fsync;
2. the dot is written with a permit for these very bytes, no more than 250 ms after the commit, or not at all;
3. an attempt without a definite answer is *unknown* and is never tried again by the machine;
4. every attempt gets exactly one receipt, from the wire, from the journal, or from recovery.
"""
