"""Generators: what makes new tasks beside the search's own way (mutation, or a curriculum's source)."""

from .proposals import Proposal, proposals, told
from .settings import Generating, Latent, Mutation, Random, check, note

__all__ = ["Generating", "Latent", "Mutation", "Proposal", "Random", "check", "note", "proposals", "told"]
