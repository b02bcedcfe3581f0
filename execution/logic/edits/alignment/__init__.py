"""The cheapest way from a snippet's tokens to the lines of a file."""
