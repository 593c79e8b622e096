//! Where a wyzepalrc is looked for.
//!
//! Not for looking there (`account`).

use std::path::{Path, PathBuf};

use super::Environment;

/// The places of a wyzepalrc.
#[derive(Debug, PartialEq, Eq)]
pub enum RcPlace {
    /// Standard input.
    Stdin,
    /// This file, which somebody named: it must be there.
    Named(PathBuf),
    /// The first of these that exists.
    Default(Vec<PathBuf>),
    /// The first of these that exists, else the file that somebody named: it must be there.
    DefaultOrNamed(Vec<PathBuf>, PathBuf),
}

/// Where to read the wyzepalrc from. `home` and `config_dir` are the platform's.
pub fn rc_place(
    option: Option<&Path>,
    environment: Environment,
    home: Option<&Path>,
    config_dir: Option<&Path>,
) -> RcPlace {
    let named = |name: &str| environment(name).filter(|path| !path.is_empty());
    if let Some(path) = option {
        if path == Path::new("-") {
            return RcPlace::Stdin;
        }
        return RcPlace::Named(expand(path, home));
    }
    if let Some(path) = named("WYZEPAL_CONFIG") {
        return RcPlace::Named(expand(Path::new(&path), home));
    }
    let mut places: Vec<PathBuf> = Vec::new();
    places.extend(home.map(|home| home.join(".wyzepalrc")));
    places.extend(home.map(|home| home.join("wyzepalrc")));
    places.extend(config_dir.map(|dir| dir.join("wyzepal").join("wyzepalrc")));
    if let Some(path) = named("ZULIP_CONFIG") {
        return RcPlace::DefaultOrNamed(places, expand(Path::new(&path), home));
    }
    places.extend(home.map(|home| home.join(".zuliprc")));
    places.extend(home.map(|home| home.join("zuliprc")));
    RcPlace::Default(places)
}

/// `~/x` in the home directory, as shells leave it in `--config=~/x`.
fn expand(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
