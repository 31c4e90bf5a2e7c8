"""Use cases, one a file: the only place where the packages below meet, and where disk, clock and environment come in.

An operation takes a `Workspace` and options and returns records; it prints nothing and ends no process (that is `cli`).
"""
