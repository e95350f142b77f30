"""The program as a whole: real processes, a province on loopback, kills and faults."""
