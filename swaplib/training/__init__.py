"""Training: batches, augmentation, losses and callbacks."""
