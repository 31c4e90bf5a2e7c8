"""The configuration language: text to syntax tree to values, with Terraform's semantics, and every fault at its place.

It knows blocks, references and expressions, but not what a resource type means: that is `resources`, which reads the
evaluated
bodies. Pure: files, environment, clock and commands come in through `functions.model.CallContext`.
"""
