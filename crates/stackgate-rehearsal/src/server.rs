//! HTTPS on loopback for every host name that a job asks for, with certificates that its `curl` trusts.
//!
//! What must hold: the name in the TLS greeting and the `Host` line are the same, so that a job's own choice of host is
//! what is answered; a request is answered once and the connection closed. It knows no host: the answers are given.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The longest request that a job has reason to send.
const LONGEST: usize = 1 << 20;

/// What a job asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The host, as both the TLS greeting and the request name it, with its port where that is not 443.
    pub host: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameters of the query.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// What it gets.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Where to go instead.
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A status with a text.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Response {
        Response { status, location: None, body: body.into() }
    }

    /// A JSON document.
    pub fn json(status: u16, body: &serde_json::Value) -> Response {
        Response::new(status, body.to_string())
    }
}

/// What answers requests.
pub type Answer = dyn Fn(&Request) -> Response + Send + Sync;

/// The server; it stops when it is dropped.
pub struct Server {
    port: u16,
    authority: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port.
    pub fn start(answer: Arc<Answer>) -> Server {
        let certificates = Arc::new(Certificates::new());
        let authority = certificates.authority.pem();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        let config = Arc::new(config);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, config, answer.as_ref()));
            }
        });
        Server { port, authority, stop, thread: Some(thread) }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that a client must trust, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers one request. A client that breaks off is its own affair: `curl` says so in the job.
fn serve(stream: TcpStream, config: Arc<ServerConfig>, answer: &Answer) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let mut stream = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    let request = read(&mut stream)?;
    let greeted = stream.conn.server_name().map(str::to_owned);
    let named = request.host.split(':').next();
    let response = if named.is_some() && greeted.as_deref() == named {
        answer(&request)
    } else {
        Response::new(421, "the host is not the one that TLS greeted")
    };
    let location = response.location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let length = response.body.len();
    let head =
        format!("HTTP/1.1 {} -\r\nContent-Length: {length}\r\n{location}Connection: close\r\n\r\n", response.status);
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&response.body).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()
}

fn read(stream: &mut StreamOwned<ServerConnection, TcpStream>) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut part = [0; 8192];
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(start) = head.parse(&bytes).ok()? else {
            if bytes.len() > LONGEST {
                return None;
            }
            continue;
        };
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let mut request = Request {
            host: String::new(),
            method: head.method?.to_owned(),
            path: head.path?.to_owned(),
            headers: head.headers.iter().map(|line| (line.name.to_lowercase(), text(line.value))).collect(),
            body: bytes[start..].to_vec(),
        };
        request.host = request.header("host")?.to_lowercase();
        let length: usize = request.header("content-length").unwrap_or("0").parse().ok()?;
        while request.body.len() < length.min(LONGEST) {
            let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
            request.body.extend_from_slice(&part[..read]);
        }
        return Some(request);
    }
}

/// One authority for the life of the server, and a certificate for each name that is greeted.
struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    fn new() -> Certificates {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "stackgate rehearsal");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Certificates { authority, made: Mutex::default() }
    }

    fn certify(&self, name: &str) -> Arc<CertifiedKey> {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.authority).unwrap();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = rustls::crypto::ring::sign::any_supported_type(&secret).unwrap();
        Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signer))
    }
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, greeting: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = greeting.server_name()?;
        let mut made = self.made.lock().unwrap();
        Some(Arc::clone(made.entry(name.to_owned()).or_insert_with(|| self.certify(name))))
    }
}
