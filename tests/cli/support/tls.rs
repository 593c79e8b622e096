//! A server with https: what it is asked is handed to a plain server, and that one's answer back.
//! Certificates are made for each test.
//!
//! Not for what is in the requests: the server behind it sees and answers them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A certificate authority of the test's own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// What a client must trust.
    pub pem: String,
}

/// A certificate with its key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    /// The certificate as a file has it.
    pub certificate_pem: String,
    /// The key as a file has it.
    pub key_pem: String,
}

/// Until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For long.
    Good,
    /// It is over.
    Expired,
}

impl Validity {
    fn params(self, name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        if self == Validity::Expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        params
    }
}

impl Authority {
    /// A new one, which nobody trusts yet.
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Two of the same name would be taken for each other.
        let name = format!("authority {}", MADE.fetch_add(1, Ordering::Relaxed));
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Authority {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for a host name or an address.
    pub fn sign(&self, name: &str, validity: Validity) -> Identity {
        let params = validity.params(name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity {
            chain: vec![certificate.der().clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }
}

/// What a certificate that signs itself says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfSigned {
    /// A server's.
    Server,
    /// An authority's, as `openssl req -x509` makes it unless told otherwise.
    Authority,
}

impl Identity {
    /// A certificate that nobody else has signed.
    pub fn self_signed(name: &str, says: SelfSigned, validity: Validity) -> Identity {
        let mut params = validity.params(name);
        params.is_ca = match says {
            SelfSigned::Server => IsCa::ExplicitNoCa,
            SelfSigned::Authority => IsCa::Ca(BasicConstraints::Unconstrained),
        };
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Identity {
            chain: vec![certificate.der().clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }
}

/// Starts https in front of a plain server (`http://127.0.0.1:PORT`) and gives its port. With an
/// authority, clients must show a certificate of it.
pub fn serve(plain: &str, identity: Identity, clients: Option<&Authority>) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let config = builder
        .with_single_cert(identity.chain, identity.key)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let plain = plain.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, plain) = (Arc::clone(&config), plain.clone());
            // A client that hangs up in the middle is no matter of this side.
            thread::spawn(move || relay(stream, config, &plain).ok());
        }
    });
    port
}

fn relay(stream: TcpStream, config: Arc<ServerConfig>, plain: &str) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut outside = BufReader::new(StreamOwned::new(connection, stream));
    let mut inside = BufReader::new(TcpStream::connect(plain)?);
    loop {
        let request = message(&mut outside)?;
        inside.get_mut().write_all(&request)?;
        let answer = message(&mut inside)?;
        outside.get_mut().write_all(&answer)?;
        outside.get_mut().flush()?;
    }
}

/// One request or answer, with a body of its Content-Length.
fn message(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut length = 0;
    loop {
        let start = text.len();
        if from.read_until(b'\n', &mut text)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&text[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    from.take(length).read_to_end(&mut text)?;
    Ok(text)
}
