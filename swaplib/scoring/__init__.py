"""Scoring swaps and detectors: identity, pose, steadiness and seams, with ground truth and baselines."""
