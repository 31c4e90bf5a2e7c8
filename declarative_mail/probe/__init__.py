"""The connection test: one SMTP conversation, stage by stage, each with a verdict, its cause and its remedy.

It talks to SMTP servers and DNS and says what it saw from this machine. It does not know plans or state (they read
`verdict.TestResult`), does not fetch OAuth tokens (operations hand in a callable), and does not format for people.

`run` is the entrance, `settings` and `verdict` the records that go in and come out, `network` the seam to sockets with
its public scripted fake in `scripted`, `transport` the conversation that delivery uses as well.
"""
