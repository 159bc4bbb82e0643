//! Asks Pulumi Cloud.
//!
//! What must hold: only GET is ever sent; the token goes to the one host that it is for, over TLS unless that is this very
//! machine, and never along a redirect; it stands in no message and in no answer; every run ends, by the limit of time that
//! the user gave, by the number of tries, or at once when it is told to stop.
//!
//! Deliberately absent: reading the environment's variables and the arguments, which is the command's.

mod base;
mod pace;
mod send;
mod stop;
mod token;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use stackgate_diagnostic::clean;

use crate::api::{Answer, Api, Failure};
use base::Base;
use pace::Pace;
use send::{Outcome, Sender};

pub use stop::stop_on_interrupt;
pub use token::{Surroundings, Token, TokenError, token};

/// How long and how often to ask.
#[derive(Debug, Clone)]
pub struct Options {
    /// The whole run ends after this long, counted from [`Client::new`].
    pub time_limit: Duration,
    /// One question with its answer takes no longer than this.
    pub request_limit: Duration,
    /// Each question is asked at most this often.
    pub tries: u32,
    /// The first pause between two tries; each further one is twice as long.
    pub first_pause: Duration,
    /// Set to true from anywhere, it ends the run.
    pub stop: Arc<AtomicBool>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            time_limit: Duration::from_secs(600),
            request_limit: Duration::from_secs(60),
            tries: 5,
            first_pause: Duration::from_millis(500),
            stop: Arc::default(),
        }
    }
}

/// There can be no client: what is wrong, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientError(pub String);

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClientError {}

/// Pulumi Cloud, or a self-hosted one.
#[derive(Debug)]
pub struct Client {
    base: Base,
    sender: Sender,
    pace: Pace,
    tries: u32,
}

impl Client {
    /// A client for the API below a base URL, such as `https://api.pulumi.com`. Its time begins to run.
    ///
    /// # Errors
    /// When the URL is none that a token may be sent to, or the machine knows no authority of certificates.
    pub fn new(cloud_url: &str, token: Token, options: &Options) -> Result<Client, ClientError> {
        let base = Base::new(cloud_url)?;
        let sender = Sender::new(&base, token, options.request_limit)?;
        Ok(Client { base, sender, pace: Pace::new(options), tries: options.tries.max(1) })
    }

    /// The base URL, without a slash at its end.
    pub fn cloud_url(&self) -> &str {
        self.base.url()
    }

    /// Asks once, on a thread that is left behind when the run ends before its answer.
    fn once(&self, path: &str) -> Result<Outcome, Failure> {
        let (send, receive) = mpsc::sync_channel(1);
        let (sender, url) = (self.sender.clone(), self.base.join(path));
        let left = self.pace.left()?;
        std::thread::spawn(move || {
            // Nobody hears it any more where the run has ended.
            let _ = send.send(sender.get(&url, left));
        });
        loop {
            match receive.recv_timeout(pace::TICK) {
                Ok(outcome) => return Ok(outcome),
                Err(RecvTimeoutError::Timeout) => self.pace.check()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Broken("the request ended without an answer".to_owned()));
                }
            }
        }
    }
}

impl Api for Client {
    fn get(&self, path: &str) -> Result<Answer, Failure> {
        let mut tried = 0;
        loop {
            self.pace.quiet()?;
            tried += 1;
            match self.once(path)? {
                Outcome::Answer(answer) => return Ok(answer),
                Outcome::Never(message) => return Err(Failure::Broken(clean(&message))),
                Outcome::Again { answer, after, message } => {
                    self.pace.heed(after);
                    if tried < self.tries {
                        self.pace.pause(tried)?;
                    } else {
                        return answer.ok_or_else(|| {
                            Failure::Broken(clean(&format!("asked {tried} times without an answer: {message}")))
                        });
                    }
                }
            }
        }
    }
}
