"""People, what they may do, and whether it is really they.

In: names, roles, secrets. Out: actors and single-use confirmations. Always:

1. an account is never deleted and its id is never used again;
2. nobody grants herself a role, and one active administrator always remains;
3. an unknown account costs the same work and gets the same answer as a wrong password;
4. a session ends after 30 minutes of silence, after 12 hours, and with the account;
5. a confirmation serves one act on one digest with one meaning in one session, once, within five minutes.
"""
