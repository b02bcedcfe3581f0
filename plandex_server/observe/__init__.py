"""What operators see of a process: log lines, metrics, traces. Free of
secrets, and cheap on hot paths."""
