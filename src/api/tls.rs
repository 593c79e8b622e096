//! Whom the client trusts and how it shows who it is.
//!
//! Reading the system's certificates is most of the start-up, so it happens only where they
//! are needed: not for http, and not where a bundle replaces them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::blocking::ClientBuilder;
use reqwest::{Certificate, Identity};

use super::error::{ApiError, deepest};
use crate::site::Site;

/// The largest file that is read for certificates; all that a system trusts is a few hundred kB.
const LARGEST: u64 = 16 << 20;

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
    if site.is_https() {
        show(trust(builder, tls)?, tls)
    } else {
        Ok(builder.tls_certs_only([]))
    }
}

/// Whom to trust.
fn trust(builder: ClientBuilder, tls: &Tls) -> Result<ClientBuilder, ApiError> {
    if tls.insecure {
        return Ok(builder.tls_danger_accept_invalid_certs(true));
    }
    let Some(bundle) = &tls.cert_bundle else {
        return Ok(builder);
    };
    let certificates = Certificate::from_pem_bundle(&read(bundle)?)
        .map_err(|error| unusable(bundle, &deepest(&error)))?;
    if certificates.is_empty() {
        return Err(unusable(bundle, "it holds no certificate (PEM)"));
    }
    Ok(builder.tls_certs_only(certificates))
}

/// What to show.
fn show(builder: ClientBuilder, tls: &Tls) -> Result<ClientBuilder, ApiError> {
    let Some(cert) = &tls.client_cert else {
        return Ok(builder);
    };
    let mut pem = read(cert)?;
    if let Some(key) = &tls.client_cert_key {
        pem.push(b'\n');
        pem.extend(read(key)?);
    }
    let identity = Identity::from_pem(&pem).map_err(|_| {
        let place = match &tls.client_cert_key {
            Some(key) => format!("with {} there is", key.display()),
            None => "it holds".to_owned(),
        };
        let cause = format!(
            "{place} no certificate with its private key (PEM, not encrypted); name the file of the key with --client-cert-key FILE (client_cert_key in the config file)"
        );
        unusable(cert, &cause)
    })?;
    Ok(builder.identity(identity))
}

/// A client cannot be built; the error does not say for which of the files.
pub fn unusable_together(tls: &Tls, error: &reqwest::Error) -> ApiError {
    let files = [&tls.cert_bundle, &tls.client_cert, &tls.client_cert_key];
    let files: Vec<String> = files
        .into_iter()
        .flatten()
        .map(|file| format!("certificate file {}", file.display()))
        .collect();
    let (files, cause) = (files.join(" and "), deepest(error));
    ApiError::setup(match (&tls.cert_bundle, files.as_str()) {
        (Some(_), files) => format!("cannot use {files}: {cause}"),
        (None, files) => {
            let and = if files.is_empty() { "" } else { " and " };
            format!(
                "cannot use the certificates of this system{and}{files}: {cause}; check SSL_CERT_FILE and SSL_CERT_DIR, or name the server's CA with --cert-bundle FILE (cert_bundle in the config file)"
            )
        }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, ApiError> {
    let mut pem = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut pem))
        .map_err(|error| unusable(path, &error.to_string()))?;
    if pem.len() as u64 > LARGEST {
        return Err(unusable(path, "it is larger than 16 MiB"));
    }
    Ok(pem)
}

fn unusable(path: &Path, cause: &str) -> ApiError {
    ApiError::setup(format!(
        "cannot use certificate file {}: {cause}",
        path.display()
    ))
}
