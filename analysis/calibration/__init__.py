"""Calibration: what the published figures say about the free parameters, and what they leave open.

Rooms: `settings` (what was frozen beforehand), `surfaces` (each number as a response surface over the parameters), `scoring` (how
well a point meets the figures), `sampling` (draws from a posterior), `waves` (trials lived where the posterior then lies),
`learned` (what came of it). `analysis/posterior.py` reads what is shipped.
"""
