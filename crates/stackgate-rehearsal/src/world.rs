//! The world around a job: hosts, stand-ins and records, in one temporary folder that goes when it is dropped.
//!
//! What must hold: a world is one scenario's own, so that tests run side by side; whatever a token was used for is in its
//! record. It deliberately knows no CI system: the runners say who a job is, and hand it its variables.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use tempfile::TempDir;

use crate::exchange::Exchange;
use crate::hosts::{Answers, Grant, Hosts};
use crate::issuer::Identity;
use crate::leaks::Watch;
use crate::server::{Request, Server};
use crate::stand_ins::{self, Call};

/// The world of one scenario.
pub struct World {
    // In this order: nothing answers or watches once the folder is gone.
    server: Server,
    hosts: Arc<Mutex<Hosts>>,
    archives: [String; 2],
    folder: TempDir,
}

impl World {
    /// A world that behaves as told.
    pub fn new(answers: Answers) -> World {
        let folder = tempfile::Builder::new().prefix("stackgate-rehearsal-").tempdir().unwrap();
        let path = folder.path();
        stand_ins::lay_out(path, &answers.failing);
        let packed = stand_ins::archives(path);
        let archives = [stand_ins::sha256(&packed[0].1), stand_ins::sha256(&packed[1].1)];
        let hosts = Arc::new(Mutex::new(Hosts::new(path.to_path_buf(), answers, packed)));
        let answering = Arc::clone(&hosts);
        let server = Server::start(Arc::new(move |request: &Request| answering.lock().unwrap().answer(request)));
        fs::write(path.join("authority.pem"), server.authority()).unwrap();
        // Whatever host a job names, with whatever port, is this server; the names stay what they are.
        let settings = format!(
            "connect-to = \"::127.0.0.1:{}\"\ncacert = \"{}\"\n",
            server.port(),
            path.join("authority.pem").display()
        );
        fs::create_dir(path.join("curl")).unwrap();
        fs::write(path.join("curl/.curlrc"), settings).unwrap();
        World { server, hosts, archives, folder }
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap()
    }

    /// The folder of the world; jobs have theirs below `jobs`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// SHA-256 of the archives: linux-x64, then linux-arm64.
    pub fn archives(&self) -> &[String; 2] {
        &self.archives
    }

    /// Forgets all that happened, and behaves as told from now on: the next scenario in the same world.
    pub fn begin(&self, answers: Answers) {
        for part in ["calls", "tools", "environments"] {
            fs::remove_dir_all(self.folder().join(part)).unwrap();
        }
        stand_ins::lay_out(self.folder(), &answers.failing);
        self.hosts().forget(answers);
    }

    /// How it behaves.
    pub fn answers(&self) -> Answers {
        self.hosts().answers.clone()
    }

    /// Puts Pulumi Cloud at that address.
    pub fn host_cloud(&self, url: &str) {
        self.hosts().cloud_url = url.to_owned();
    }

    /// The variables that every job needs to find this world, and no other variable of the machine.
    pub fn variables(&self) -> Vec<(String, String)> {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder().join("bin").display());
        vec![
            ("PATH".into(), path),
            ("CURL_HOME".into(), self.folder().join("curl").display().to_string()),
            ("LANG".into(), "C.UTF-8".into()),
        ]
    }

    /// A credential that a CI system gives a job: made up now, watched from now on.
    pub fn bearer(&self) -> String {
        let mut hosts = self.hosts();
        let bearer = hosts.issuer.noise();
        hosts.watch(bearer.clone());
        bearer
    }

    /// Lets whoever holds the grant ask for a token of that identity.
    pub fn admit(&self, grant: Grant, identity: Identity) {
        self.hosts().grants.insert(grant, identity);
    }

    /// Ends every grant: the job is over.
    pub fn dismiss(&self) {
        self.hosts().grants.clear();
    }

    /// A token of that identity, for a CI system that puts it into a job by itself.
    pub fn mint(&self, identity: &Identity, audience: &str) -> String {
        self.hosts().mint(identity, audience)
    }

    /// How many OIDC tokens were minted.
    pub fn minted(&self) -> usize {
        self.hosts().minted
    }

    /// The exchanges that were asked for, and were as they must be.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.hosts().exchanges.clone()
    }

    /// What nobody had reason to ask for; each is a mistake of the pipeline.
    pub fn trapped(&self) -> Vec<String> {
        self.hosts().trapped.clone()
    }

    /// Every request, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.hosts().requests.clone()
    }

    /// The calls of `pulumi`, in order.
    pub fn calls(&self) -> Vec<Call> {
        stand_ins::calls(&self.folder().join("calls"))
    }

    /// The calls of the languages' tools, in order.
    pub fn tools(&self) -> Vec<Call> {
        stand_ins::calls(&self.folder().join("tools"))
    }

    /// Every text that nothing may show.
    pub fn secrets(&self) -> Vec<String> {
        self.hosts().secrets.clone()
    }

    /// Watches the process list until the watch is ended.
    pub fn watch(&self) -> Watch {
        let hosts = Arc::clone(&self.hosts);
        Watch::start(move || hosts.lock().unwrap().secrets.clone())
    }

    /// The port of the server, for those who cannot be told by `.curlrc`.
    pub fn port(&self) -> u16 {
        self.server.port()
    }
}
