"""The pages people use: views parse a request, call one operation or query, and show the answer.

In: HTTP requests. Out: HTML. Always: every route declares who may use it, GET and HEAD change nothing, and what users
wrote appears only escaped or in a sandboxed frame.
"""
