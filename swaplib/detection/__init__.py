"""What a detector is trained on, what spoils it, how it is judged, and the public databases."""
