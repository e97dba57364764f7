"""Ways out for mail: SMTP, a folder of .eml files, and sinks for demonstration and measurement.

In: an :class:`app.delivery.transport.Envelope`. Out: a definite result, or an honest ``Uncertain``. Always: no byte of
the end-of-message marker leaves before ``finish``. Only the worker may hold a transport.
"""
