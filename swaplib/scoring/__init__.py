"""How good a swap is, in tables: who it is, how steady it is, beside the truth and the baselines."""
