"""An oracle: conversations composed with known outcomes, and a reckoner of what the report must say of them.

It shares no code with the product: it reads nothing back, and knows outcomes because it decided on them while composing.
"""
