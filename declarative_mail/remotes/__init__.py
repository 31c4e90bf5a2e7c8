"""Remotes: the systems in which objects exist, behind one protocol; one module or sub-package for each system.

A remote reads and writes objects in its own wire form and translates them to the canonical attributes of a resource
type. It decides
nothing: what to write is `planning`'s business, in which order `applying`'s.
"""
