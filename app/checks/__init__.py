"""Draft to findings, by the rules in ``review_rules/``.

In: the text of a content file, a plain passage or a rendered message, and activated rule packs. Out: findings with exact
spans in the source, readability, and every suppression with its reason. Always: reading and matching are pure and
bounded; nothing here says that a text is lawful, only that no listed pattern was found on a named pack digest.
"""
