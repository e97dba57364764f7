"""The one door.

In: a claimed message, its rendered bytes' facts, and what earlier stages know. Out: a stored decision, and on *permit* a
:class:`permit.SendPermit`. Always:

1. every check is evaluated and stored, with the inputs it looked at; the verdict is the strictest result;
2. a check that cannot run is a hold with code ``gate_error``, never a permit;
3. the release decision is taken with the lead and the publication head locked, at an effective time that never goes back;
4. a permit exists only after its decision is committed, and is good for one message, one address and one rendering.
"""
