"""What people type as their names, and what attackers do."""

from hypothesis import strategies as st

ATTACKS = [
    "<b>Rita</b>",
    "Rita\r\nBcc: all@example.org",
    "Rita\nSubject: other",
    "Rita\u2028line",
    "{{ last_name }}",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "\u202eatiR",
    "Rita\x00",
    "=?utf-8?q?Rita?=",
    "R" * 5_000,
    ".",
    "\r\n.\r\n",
    "http://evil.example",
    "evil.example",
]


def values() -> st.SearchStrategy[str]:
    """Any text, names of many scripts, and known attacks."""
    names = st.text(st.characters(categories=["L", "M", "Zs"], include_characters="'’-. "), max_size=60)
    return st.text(max_size=60) | names | st.sampled_from(ATTACKS)
