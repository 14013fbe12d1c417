"""How a network is trained: what a batch is, how it is changed at random, what happens between epochs."""
