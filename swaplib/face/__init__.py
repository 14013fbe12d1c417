"""Where a face is: its landmarks, the crop that is cut along them, and its mask."""
