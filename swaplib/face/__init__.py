"""Where a face is: its landmarks, the crop that is cut along them, its mask, its path through a movie."""
