"""The log: every business event is a leaf of one RFC 6962 Merkle tree, written in the event's own transaction.

In: audit notes and row digests from a unit of work. Out: leaves, checkpoints, proofs, verdicts. Always:

1. leaf ``i`` is the canonical JSON of one event, and the tree's head is kept with it, under one lock;
2. the last leaf of a unit names the digest of every protected row the unit wrote, so that tampering with any protected
   row, a row too many or a row too few is found by recomputing;
3. a checkpoint is signed over size and root, and two checkpoints are always consistent.
"""
