"""How Hypothesis runs here: no time limit per example, because a busy machine is no broken rule."""

from hypothesis import settings

settings.register_profile("documents", deadline=None, max_examples=60)
settings.load_profile("documents")
