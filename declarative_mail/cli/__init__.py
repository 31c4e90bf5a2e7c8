"""The command line: one thin file for each command.

It reads the environment, prints, and decides the exit code; nothing else does.
"""
