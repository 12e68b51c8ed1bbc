"""Training of policies with memory (`policy.Gru`) by their gradient, which goes back through time.

Actor and critic share the network: the value is one more output, as in the literature on mazes (Jiang et al. 2021,
Replay-guided adversarial environment design; Coward et al. 2024, JaxUED). One network costs half as much as two, and an
agent alone remembers all that there is to remember.
"""
