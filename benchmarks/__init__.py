"""Measures dmail beside Terraform, and octoDNS where it is installed, on the same work in the same run.

Not a test: nothing in the suite is timed. ``python -m benchmarks --help`` says what can be chosen; `budgets` holds the
numbers that are aimed at, as ratios, since absolute times say more about the machine than about the program.
"""
