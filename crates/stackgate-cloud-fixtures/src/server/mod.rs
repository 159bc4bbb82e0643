//! Pulumi Cloud on 127.0.0.1: any [`Api`] as HTTP, with faults by script.
//!
//! What must hold: it hears on this machine alone; what it serves without a fault fits Pulumi Cloud's OpenAPI document, or
//! it says so; it keeps every request with its headers, so that a test can see what was sent. Deliberately absent: TLS, and
//! any question but a GET, which is an offence.

mod connection;
mod fault;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use stackgate_cloud::Api;

pub use fault::Fault;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Headers in their order, names in small letters.
    pub headers: Vec<(String, String)>,
}

impl Seen {
    /// The first header of a name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// What the threads of a server share.
struct Shared {
    api: Box<dyn Api + Send>,
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<Vec<Seen>>,
    offences: Mutex<Vec<String>>,
    stop: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// A fault for the questions whose path begins so, and how often it still happens.
struct Rule {
    path: String,
    times: usize,
    fault: Fault,
}

impl Server {
    /// Serves on a free port.
    ///
    /// # Errors
    /// When this machine has none.
    pub fn start(api: impl Api + Send + 'static) -> io::Result<Server> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            api: Box::new(api),
            rules: Mutex::default(),
            seen: Mutex::default(),
            offences: Mutex::default(),
            stop: AtomicBool::new(false),
        });
        let for_thread = Arc::clone(&shared);
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_thread.stop.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&for_thread);
                std::thread::spawn(move || connection::serve(stream, &shared));
            }
        });
        Ok(Server { address, shared, accepting: Some(accepting) })
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on the fault happens on every question whose path begins so. The newest rule for a path holds.
    pub fn always(&self, path: &str, fault: Fault) {
        self.times(path, usize::MAX, fault);
    }

    /// The next `times` questions whose path begins so meet the fault.
    pub fn times(&self, path: &str, times: usize, fault: Fault) {
        lock(&self.shared.rules).push(Rule { path: path.to_owned(), times, fault });
    }

    /// The requests until now, in the order in which they came.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// How many requests for paths that begin so came until now.
    pub fn asked(&self, path: &str) -> usize {
        lock(&self.shared.seen).iter().filter(|seen| seen.path.starts_with(path)).count()
    }

    /// What was wrong with requests, and with answers that no fault changed.
    pub fn offences(&self) -> Vec<String> {
        lock(&self.shared.offences).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Shared {
    /// The fault that this question meets, counted.
    fn fault(&self, path: &str) -> Option<Fault> {
        let mut rules = lock(&self.rules);
        let rule = rules.iter_mut().rev().find(|rule| rule.times > 0 && path.starts_with(&rule.path))?;
        if rule.times != usize::MAX {
            rule.times -= 1;
        }
        Some(rule.fault.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
