"""Training of policies that score what can be done now (`policy.Scorer`) by their gradient.

A decision has any number of candidates. One network scores every candidate, and the softmax of the scores says how
likely each is drawn; the agent that leaves does the one with the highest score. The gradient of a decision goes through
all of its candidates into the same weights (a conditional logit model; McFadden 1974, Conditional logit analysis of
qualitative choice behavior).

The critic is a network of its own. It cannot look at a varying number of candidates, so it sees a summary of a fixed
size: the mean and the maximum of every number over the candidates, which depend neither on their order nor on how many
there are (Zaheer et al. 2017, Deep sets). The mean tells how common something is, the maximum whether it is there at
all. One more number says how much of the episode is left. The agent never sees it, but returns depend on it, and a
critic may know more than its actor (Pinto et al. 2018, Asymmetric actor critic for image-based robot learning).
"""
