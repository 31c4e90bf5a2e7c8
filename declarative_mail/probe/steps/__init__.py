"""The stages of a test, a function each: from the session as it stands to the verdict of that stage.

A step hands on what it found through the session. It may raise `network.NetworkFault`, which the caller turns into a
failure of the stage; it never decides whether the test as a whole passes.
"""
