"""The shapes of answers, as the CLI's structs name them."""
