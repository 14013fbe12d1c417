"""How a network is trained: what a batch is, how it is changed at random, the losses, what happens between epochs."""
