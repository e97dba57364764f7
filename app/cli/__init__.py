"""The command line: every screen action has a command. Thin: parse, call one operation or query, show it.

Exit codes: 0 done, 1 refused by policy (the reasons are printed), 2 wrong usage or input that cannot be used.
"""
