//! Reads Prometheus and OpenMetrics expositions without copying them.
