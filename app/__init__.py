"""Placet: content governance and approval for healthcare lead nurturing.

The package is a pipeline; each sub-package is one stage, in the order data flows (see ARCHITECTURE.md).
Nothing is imported here so that ``placet check`` starts quickly.
"""
