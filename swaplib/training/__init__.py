"""How a network is trained: batches, random changes, losses, and what happens between epochs."""
