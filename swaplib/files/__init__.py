"""Reading and writing pictures, movies and arrays: complete or not at all, and marked as synthetic."""
