//! Why a handshake fails for somebody's certificate, and what to do about it.
//!
//! Not for handshakes that fail otherwise, which may pass (`error.rs`). The causes are those of
//! rustls 0.23 (`CertificateError`) and the alerts of TLS 1.3 (RFC 8446, 6.2).

use std::error::Error;
use std::path::Path;
use std::{io, iter};

use rustls::{AlertDescription, CertificateError};

use super::tls::Tls;

/// Whose certificate is to blame; cause and remedy.
#[derive(Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The server's, to us.
    Theirs(String),
    /// Ours, to the server.
    Ours(String),
}

/// What an error of a request has to do with certificates, if anything.
pub fn doubt(error: &(dyn Error + 'static), tls: &Tls) -> Option<Doubt> {
    match causes(error).find_map(|cause| cause.downcast_ref())? {
        rustls::Error::InvalidCertificate(cause) => {
            Some(Doubt::Theirs(theirs(cause, tls.cert_bundle.as_deref())))
        }
        rustls::Error::AlertReceived(alert) => {
            ours(*alert, tls.client_cert.as_deref()).map(Doubt::Ours)
        }
        _ => None,
    }
}

/// The error and what is behind it, down to the innermost.
pub fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| -> Option<&'a (dyn Error + 'static)> {
        // An I/O error is no source of its wrapper, so both ways down are tried.
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

fn theirs(cause: &CertificateError, bundle: Option<&Path>) -> String {
    const NAME_IT: &str = "name its CA with --cert-bundle FILE (cert_bundle in the config file)";
    match cause {
        CertificateError::UnknownIssuer => match bundle {
            Some(bundle) => format!(
                "no certificate in {} has signed it; {NAME_IT}",
                bundle.display()
            ),
            None => format!("no CA that this system knows has signed it; {NAME_IT}"),
        },
        CertificateError::BadSignature => format!("its signature is not its CA's; {NAME_IT}"),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("{cause}; have it renewed, and check the clock of this machine")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("{cause}; check the clock of this machine")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("{cause}; set site to a name that it is made for")
        }
        // What `openssl req -x509` makes unless told otherwise.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "it is a CA's own and not made for a server; have one made with CA:FALSE, \
             or check nothing with --insecure"
                .into()
        }
        other => format!("{other}; have another one made, or check nothing with --insecure"),
    }
}

fn ours(alert: AlertDescription, own: Option<&Path>) -> Option<String> {
    use AlertDescription as Alert;
    let reason = match alert {
        Alert::CertificateRequired | Alert::NoCertificate => "none was shown",
        Alert::BadCertificate | Alert::UnsupportedCertificate => "it cannot be used",
        Alert::CertificateRevoked => "it is revoked",
        Alert::CertificateExpired => "it has expired",
        Alert::CertificateUnknown | Alert::AccessDenied => "it may not come in",
        Alert::UnknownCA => "no CA that the server knows has signed it",
        _ => return None,
    };
    let remedy = "name one with --client-cert FILE (client_cert in the config file)";
    Some(match own {
        Some(file) => format!(
            "it does not accept the client certificate in {}: {reason}; {remedy}",
            file.display()
        ),
        None => format!("it wants a client certificate: {remedy}"),
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn tls(bundle: Option<&str>, own: Option<&str>) -> Tls {
        Tls {
            cert_bundle: bundle.map(PathBuf::from),
            client_cert: own.map(PathBuf::from),
            ..Tls::default()
        }
    }

    #[test]
    fn doubts_are_found_in_any_wrapping_and_say_what_to_do() {
        let invalid = |cause| rustls::Error::InvalidCertificate(cause);
        let alert = rustls::Error::AlertReceived;
        let cases = [
            (
                "unknown CA",
                invalid(CertificateError::UnknownIssuer),
                tls(None, None),
                Some("no CA that this system knows"),
            ),
            (
                "not in the bundle",
                invalid(CertificateError::UnknownIssuer),
                tls(Some("ca.pem"), None),
                Some("no certificate in ca.pem"),
            ),
            (
                "another name",
                invalid(CertificateError::NotValidForName),
                tls(None, None),
                Some("set site to a name"),
            ),
            (
                "not yet",
                invalid(CertificateError::NotValidYet),
                tls(None, None),
                Some("check the clock"),
            ),
            (
                "no certificate of ours",
                alert(AlertDescription::CertificateRequired),
                tls(None, None),
                Some("wants a client certificate"),
            ),
            (
                "ours is refused",
                alert(AlertDescription::UnknownCA),
                tls(None, Some("me.pem")),
                Some("in me.pem: no CA that the server knows"),
            ),
            (
                "not about certificates",
                alert(AlertDescription::ProtocolVersion),
                tls(None, None),
                None,
            ),
        ];
        for (name, error, tls, expected) in cases {
            let wrapped = io::Error::other(io::Error::other(error));
            let text = match doubt(&wrapped, &tls) {
                Some(Doubt::Theirs(text) | Doubt::Ours(text)) => text,
                None => String::new(),
            };
            match expected {
                Some(part) => assert!(text.contains(part), "{name}: {text}"),
                None => assert_eq!(text, "", "{name}"),
            }
        }
    }
}
