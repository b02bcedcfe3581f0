"""Which alignments are sound readings, and which of them rival one another."""
