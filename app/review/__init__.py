"""A version goes to the people who answer for it.

In: a version that passed the checks, and the approval policies. Out: rounds with threads, decisions, and signatures over
exact bytes. Always:

1. a round stands on one closure digest; a newer version voids the open round, and its signatures stay with the old digest;
2. nobody signs a version of which she wrote a leaf, and nobody signs twice in one round;
3. a round is approved by the last required signature and by nothing else;
4. a signature verifies for one round, version, report, rule pack, policy, signer, meaning and instant, and for nothing else.
"""
