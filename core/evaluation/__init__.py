"""How well pictures keep identity and follow their words: measures, and the protocols that use them.

A measure is a file of its own and pure on values. A protocol is a list of trials, one picture each; `trials`
renders, measures and keeps them one by one, `table`, `page` and `sheet` tell what came of it.
"""
