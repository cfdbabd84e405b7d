"""Synthetic answers that reproduce the published numbers of a year. Nobody's real answers; pure, seeded.

`generate` answers the whole questionnaire for every body so that the recomputed tables equal every published number
and keep the rankings that the report's text states. What is not published is filled in plausibly.
"""

from aggregation.synthetic.generate import generate
from aggregation.synthetic.people import SyntheticBody
from aggregation.synthetic.plan import Hints, Plan, load_hints

__all__ = ["Hints", "Plan", "SyntheticBody", "generate", "load_hints"]
