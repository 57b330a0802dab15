//! Addresses of targets.

/// Joins a host and a port; an IPv6 address gets brackets ([KD8](crate::docs::kubernetes#kd8)).
pub(super) fn join(host: &str, port: i32) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}
