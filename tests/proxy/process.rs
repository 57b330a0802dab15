//! A proxy that runs.

#![allow(dead_code, reason = "shared by two tests, of which each uses a part")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder};

use crate::programs::programs;

/// The longest that anything here may take, on a machine that has other things to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Proxy {
    child: Child,
    /// Where it listens: `127.0.0.1:9464`.
    pub(crate) address: String,
    log: Arc<Mutex<String>>,
}

impl Proxy {
    /// Starts a proxy before these servers: `NAME=URL`.
    pub(crate) fn start(options: &[&str], servers: &[String]) -> Self {
        let mut child = Command::new(&programs(&["proxy"])[0])
            .args(["--listen", "127.0.0.1:0"])
            .args(options)
            .args(servers)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (kept, mut stderr) = (Arc::clone(&log), child.stderr.take().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = stderr.read(&mut bytes) {
                let mut kept = kept.lock().unwrap();
                if kept.len() < 1 << 20 {
                    kept.push_str(&String::from_utf8_lossy(&bytes[..read]));
                }
            }
        });
        let mut said = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut said).unwrap();
        let address = (said.trim_end().strip_prefix("http://"))
            .and_then(|url| url.strip_suffix("/metrics"))
            .unwrap_or_else(|| panic!("{said:?}: {}", log.lock().unwrap()))
            .to_owned();
        Proxy {
            child,
            address,
            log,
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client().get(self.url(path))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns a client that leaves bodies compressed, and has connections of its own.
    pub(crate) fn client(&self) -> Client {
        // Needed where reqwest is built with TLS; it fails where it was done before, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().no_gzip().timeout(PATIENCE);
        client.build().unwrap()
    }

    /// Returns the lines that begin with that name.
    pub(crate) async fn samples(&self, name: &str) -> Vec<String> {
        let request = self.get("/metrics").header("Accept", "text/plain");
        let body = request.send().await.unwrap().text().await.unwrap();
        let lines = body.lines().filter(|line| line.starts_with(name));
        lines.map(str::to_owned).collect()
    }

    /// Waits until it has said that on standard error. Returns all that it said.
    pub(crate) fn logged(&self, wanted: &str) -> String {
        let begin = Instant::now();
        loop {
            let log = self.log.lock().unwrap().clone();
            if log.contains(wanted) {
                return log;
            }
            assert!(begin.elapsed() < PATIENCE, "no {wanted:?} in {log}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        let id = self.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status();
        assert!(killed.unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
