"""The command line: every screen action has a command.

In: words on a command line, and a password from a prompt or a file. Out: sentences, or one JSON value, and an exit code.
Always: a command parses, calls one operation or query, and shows it; nothing is decided here.

Exit codes: 0 done, 1 refused by policy (the reasons are printed), 2 wrong usage or input that cannot be used.
"""
