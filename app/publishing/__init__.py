"""Approved bytes get a window in which they may be sent.

In: approved rounds. Out: publications, their heads, certificates. Always:

1. what is published was signed by every required role, on these bytes, by nobody who wrote any of them;
2. a window is half-open, ends in the future when made, and is never longer than the policy of the round allows;
3. one publication per item and channel is live;
4. a recall, an expiry or a quarantine holds every waiting message of the publication in the same transaction.
"""
