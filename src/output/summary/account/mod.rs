//! One's own account: settings, files, what is written and not sent, the app.

mod app;
mod files;
mod settings;
mod unsent;

pub use app::{
    device, has_webex_token, has_zoom_token, hotspots, navigation_view, onboarding_steps,
    push_device,
};
pub use files::attachment;
pub use settings::{
    alert_words, update_display_settings, update_global_notifications, user_settings,
};
pub use unsent::{drafts, reminders, saved_snippets, scheduled_messages};

#[cfg(test)]
mod tests;
