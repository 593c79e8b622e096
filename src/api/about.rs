//! What the server and the account say of themselves (`/server_settings`, `/users/me`).
//!
//! Not for other people (`directory.rs`). Answers: Zulip's `zerver/openapi/zulip.yaml`; servers before 1.8
//! know no `/server_settings`.

use reqwest::Method;

use super::client::Client;
use super::error::ApiError;
use super::response::SHORT;

/// The account as `GET /users/me` shows it.
#[derive(Clone, Debug)]
pub struct Me {
    /// The user id.
    pub user_id: i64,
    /// The address that messages carry, which need not be the login address.
    pub email: String,
    /// The name.
    pub name: String,
    /// Whether it is a bot.
    pub is_bot: bool,
}

/// The server as `GET /server_settings` shows it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organization.
    pub name: String,
    /// The server's version.
    pub version: String,
    /// 0 for servers before 3.0, which have none.
    pub feature_level: u64,
}

impl Client {
    /// Who the account is to others.
    pub fn me(&self) -> Result<Me, ApiError> {
        let endpoint = "users/me";
        let request = self.request(Method::GET, self.url(endpoint)).timeout(SHORT);
        let body = self.whole(endpoint, request)?;
        let answer = self.parse(endpoint, &body)?;
        let user = answer.user();
        let (user_id, email) = user.map_err(|cause| self.garbled(endpoint, cause))?;
        Ok(Me {
            user_id,
            email,
            name: answer.full_name().unwrap_or_default(),
            is_bot: answer.is_bot(),
        })
    }

    /// What answers there. Anybody may ask.
    pub fn settings(&self) -> Result<Settings, ApiError> {
        let endpoint = "server_settings";
        let request = self.request(Method::GET, self.url(endpoint)).timeout(SHORT);
        let body = self.whole(endpoint, request)?;
        let answer = self.parse(endpoint, &body)?;
        let version = answer
            .version()
            .ok_or_else(|| self.garbled(endpoint, "no zulip_version in it"))?;
        Ok(Settings {
            name: answer.realm_name().unwrap_or_default(),
            version,
            feature_level: answer.feature_level().unwrap_or(0),
        })
    }
}
