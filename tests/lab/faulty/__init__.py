"""Servers with one fault each, by the stage in which it shows; importing this package registers them all."""

from tests.lab.faulty import encryption, envelopes, greetings, hellos, logins, replies, resets

__all__ = ["encryption", "envelopes", "greetings", "hellos", "logins", "replies", "resets"]
