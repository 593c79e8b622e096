//! Whom the client trusts and how it shows who it is.
//!
//! Reading the system's certificates takes most of the start-up, so it happens only where they
//! are needed: not for http, and not where a bundle takes their place.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, ClientBuilder, Identity};

use super::{Account, ApiError};

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

/// Applies an account's certificates.
pub fn configure(builder: ClientBuilder, account: &Account) -> Result<ClientBuilder, ApiError> {
    // Fails only if one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = &account.tls;
    if !account.site.is_https() {
        return Ok(builder.tls_certs_only([]));
    }
    let mut builder = if tls.insecure {
        builder.tls_danger_accept_invalid_certs(true)
    } else if let Some(bundle) = &tls.cert_bundle {
        let certificates = Certificate::from_pem_bundle(&read(bundle)?)
            .map_err(|error| unusable(bundle, &super::error::deepest(&error)))?;
        if certificates.is_empty() {
            return Err(unusable(bundle, "it holds no certificate (PEM)"));
        }
        builder.tls_certs_only(certificates)
    } else {
        builder
    };
    if let Some(cert) = &tls.client_cert {
        let mut pem = read(cert)?;
        if let Some(key) = &tls.client_cert_key {
            pem.push(b'\n');
            pem.extend(read(key)?);
        }
        let identity = Identity::from_pem(&pem)
            .map_err(|error| unusable(cert, &super::error::deepest(&error)))?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}

fn read(path: &Path) -> Result<Vec<u8>, ApiError> {
    fs::read(path).map_err(|error| unusable(path, &error.to_string()))
}

fn unusable(path: &Path, cause: &str) -> ApiError {
    ApiError::setup(format!(
        "cannot use certificate file {}: {cause}",
        path.display()
    ))
}
