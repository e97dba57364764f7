"""A content file becomes a version.

In: the bytes of a Markdown file with front matter, sender profiles. Out: items, immutable versions with their closure
digest and the skeleton that every recipient receives, and who wrote which leaf. Always:

1. the stored source is the file's own bytes, and exporting gives them back;
2. saving what is saved already makes no new version;
3. a file that cannot be used is refused with line, column and what to do, and changes nothing;
4. no template engine runs on content: braces hold one known merge field or the file is refused.
"""
