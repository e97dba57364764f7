"""What each page shows, as plain frozen values. Pure: no request, no database, no templates.

A page author fills one of these from queries and hands it to the template of the same name as ``page``.
"""
