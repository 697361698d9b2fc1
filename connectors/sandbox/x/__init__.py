"""A stand-in for X, as seen through its API v2, and for everybody who has an account there.

It is written from the provider's documentation and recorded answers alone and knows nothing of the connector. What the
provider leaves open is a switch (`switches.Rules`), what can go wrong is one too (`switches.Misbehaviour`,
`connectors.sandbox.hooks.Mischief`). The journal in its folder is the witness: each accepted post, message or hide
is one effect in it, in order.

`server` starts it; `calls` lists what it answers; `street` is how customers act.
"""
