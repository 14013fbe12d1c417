"""What is read and written: pictures, movies, weights; whole or not at all, and saying what they are."""
