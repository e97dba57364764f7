"""Reading over all stages: the library, the send log, why a message was not sent, figures; and the demonstration.

In: questions of the shells. Out: frozen values, with reasons as codes, and the words for those codes. Always: nothing here
writes, except the loader of the demonstration, which calls the same operations as people do.
"""
