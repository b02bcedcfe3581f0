"""What makes a reading uncertain, and the second look that the explanation allows."""
