"""Publications arranged in time, and leads on their way through them.

In: sequence files, leads, outcomes of messages. Out: planned messages. Always:

1. a version of a sequence never changes but for its state; its steps are fixed when it is imported;
2. a sequence is active only when every step had a live publication for its channel at that moment;
3. a step is planned once per enrollment, with the instant it is due in every zone the lead may be in;
4. the next step waits for the acceptance of the step before: a rejected, refused or unknown outcome holds the lead.
"""
