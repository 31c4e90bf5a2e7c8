"""The laboratory: real and faulty SMTP servers on loopback, and what an exact connection test says of each.

A scenario is data (`scenario.Scenario`): a server, the settings to speak to it with, and the stage and code at which
the test has to end. Scripted servers (`faulty/`) run in this process, one port a fault; Postfix, Dovecot and Exim run
where they are installed. Nothing leaves the loopback interface, and what is delivered ends in the laboratory's own
folder.
"""
