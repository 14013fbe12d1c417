"""The whole job, as `python -m swaplib` does it: look at all inputs, train, swap a movie, measure."""
