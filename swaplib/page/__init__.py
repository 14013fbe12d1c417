"""The article that can be touched: the course in one page, written for any browser."""
