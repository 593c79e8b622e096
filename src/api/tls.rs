//! Whom the client trusts and how it shows who it is.
//!
//! Reading the system's certificates is most of the start-up, so it happens only where they
//! are needed: not for http, and not where a bundle replaces them.

use std::error::Error as StdError;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::Identity;
use reqwest::blocking::ClientBuilder;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use super::error::{ApiError, deepest};
use crate::site::Site;

/// As much of a file is read for certificates; all that a system trusts is a few hundred kB.
const LARGEST: u64 = 16 << 20;

/// How the library for certificates says that an authority's own is used by a server; its type for it is private.
pub const CA_AS_SERVER: &str = "CaUsedAsEndEntity";
/// And that one is older than version 3 (RFC 5280, 4.1.2.1).
pub const OLD_CERTIFICATE: &str = "UnsupportedCertVersion";

/// What is wrong with files that hold something else than they should.
const NO_KEY: &str = "there is no certificate with its private key (PEM, not encrypted); name the file of the key with --client-cert-key FILE (client_cert_key in the config file)";

/// Certificates to use, as the bindings have them.
#[derive(Debug, Default)]
pub struct Tls {
    /// Check nothing.
    pub insecure: bool,
    /// Trust these instead of the system's.
    pub cert_bundle: Option<PathBuf>,
    /// Show this one to the server; may hold the key as well.
    pub client_cert: Option<PathBuf>,
    /// The key to `client_cert`.
    pub client_cert_key: Option<PathBuf>,
}

/// Applies certificates to connections with a site.
pub fn configure(
    builder: ClientBuilder,
    site: &Site,
    tls: &Tls,
) -> Result<ClientBuilder, ApiError> {
    // Fails only if one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if !site.is_https() {
        return Ok(builder.tls_certs_only([]));
    }
    match &tls.cert_bundle {
        Some(bundle) if !tls.insecure => {
            Ok(builder.tls_backend_preconfigured(trusting(bundle, tls)?))
        }
        _ => {
            let builder = builder.tls_danger_accept_invalid_certs(tls.insecure);
            Ok(match read_own(tls)? {
                Some(pem) => {
                    let own = Identity::from_pem(&pem);
                    builder.identity(own.map_err(|_| unusable(own_files(tls), NO_KEY))?)
                }
                None => builder,
            })
        }
    }
}

/// TLS that trusts the certificates of a bundle.
fn trusting(bundle: &Path, tls: &Tls) -> Result<ClientConfig, ApiError> {
    let verifier = BundleVerifier::new(bundle)?;
    let config = ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(pem) = read_own(tls)? else {
        return Ok(config.with_no_client_auth());
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match (chain, PrivateKeyDer::from_pem_slice(&pem)) {
        (Ok(chain), Ok(key)) if !chain.is_empty() => config
            .with_client_auth_cert(chain, key)
            .map_err(|error| unusable(own_files(tls), error)),
        _ => Err(unusable(own_files(tls), NO_KEY)),
    }
}

/// Trusts what a certificate of the bundle has signed, and a server's certificate that stands in it itself: many
/// sign their own, which makes it an authority's by the default of openssl. curl and the bindings take both.
#[derive(Debug)]
struct BundleVerifier {
    certificates: Vec<CertificateDer<'static>>,
    authorities: Arc<WebPkiServerVerifier>,
}

impl BundleVerifier {
    fn new(bundle: &Path) -> Result<BundleVerifier, ApiError> {
        let pem = read(bundle)?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).flatten().collect();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.iter().cloned());
        let authorities = WebPkiServerVerifier::builder(Arc::new(roots)).build();
        let none = "it holds no certificate (PEM) that can be used; name a file with BEGIN CERTIFICATE in it";
        let authorities = authorities.map_err(|_| unusable(bundle.display(), none))?;
        Ok(BundleVerifier {
            certificates,
            authorities,
        })
    }
}

impl ServerCertVerifier for BundleVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.authorities.verify_server_cert(
            certificate,
            intermediates,
            name,
            ocsp_response,
            now,
        );
        match verdict {
            // Its dates are looked at before its issuer.
            Err(rustls::Error::InvalidCertificate(cause))
                if is_about_the_issuer(&cause) && self.certificates.contains(certificate) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

fn is_about_the_issuer(cause: &CertificateError) -> bool {
    match cause {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(other) => other.to_string().contains(CA_AS_SERVER),
        _ => false,
    }
}

/// What the client shows of itself: certificates and their key.
fn read_own(tls: &Tls) -> Result<Option<Vec<u8>>, ApiError> {
    let Some(file) = &tls.client_cert else {
        return Ok(None);
    };
    let mut pem = read(file)?;
    if let Some(key) = &tls.client_cert_key {
        pem.push(b'\n');
        pem.extend(read(key)?);
    }
    Ok(Some(pem))
}

/// The client cannot be built: the certificates of this system cannot be used, or our own cannot.
pub fn unusable_with_system(tls: &Tls, error: &(dyn StdError + 'static)) -> ApiError {
    let own = own_files(tls);
    let own = if own.is_empty() {
        own
    } else {
        format!(" or {own}")
    };
    ApiError::setup(format!(
        "cannot use the certificates of this system{own}: {}; install ca-certificates, check SSL_CERT_FILE and SSL_CERT_DIR, or name the server's CA with --cert-bundle FILE (cert_bundle in the config file)",
        deepest(error)
    ))
}

fn own_files(tls: &Tls) -> String {
    let files = tls.client_cert.iter().chain(&tls.client_cert_key);
    let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
    files.join(" with ")
}

fn read(file: &Path) -> Result<Vec<u8>, ApiError> {
    let mut pem = Vec::new();
    File::open(file)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut pem))
        .map_err(|error| {
            let cause = format!("{error}; name a file that you can read, or leave it out");
            unusable(file.display(), cause)
        })?;
    Ok(pem)
}

fn unusable(files: impl fmt::Display, cause: impl fmt::Display) -> ApiError {
    ApiError::setup(format!("cannot use certificate file {files}: {cause}"))
}
