"""Records made into what people and other programs read: terminal text, JSON lines, markdown, JUnit, SARIF.

Every renderer is a function from a record (or its JSON form) and a `Terminal` to text. Nothing here decides what is
shown to whom, reads the environment, prints, or knows a command: that is `cli`. Nothing here computes a plan, a drift
or a verdict: what is not in the record does not appear.
"""
