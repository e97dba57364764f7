"""Leads, what they agreed to, and what they stopped. Knows nothing of content.

In: acts of people and rows of imports. Out: a standing per channel and purpose, and suppressions. Always:

1. the ledger is append-only and a standing is its fold, the same for any order and any duplication of its events;
2. no record means no; an import can only lower consent;
3. whoever withdraws is suppressed by keyed address digest in the same unit, and that survives her erasure;
4. addresses stand in the database only sealed under the lead's own key, or as keyed digests;
5. who changes what a send depends on takes the lead's lock first, and the gate takes the same lock.
"""
