"""Where states are kept: one store per file, all with the contract of `base.Store`.

Stores move bytes, under a lock; what the bytes mean is for `declarative_mail.state.codec`.
"""
