"""Words every stage shares. Standard library only, no I/O.

In: plain values. Out: frozen values. Always: no clock, no randomness, no environment is read here except by
``clock.SystemClock`` and ``ids.SystemIds``/``ids.SystemTokens``, the only such places in the program.
"""
