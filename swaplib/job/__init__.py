"""The whole job of `python -m swaplib`: check all inputs, train, swap a movie, score it."""
