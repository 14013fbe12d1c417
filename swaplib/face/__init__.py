"""Face geometry: landmarks, aligned crops and masks."""
