//! Lines of settings of the organization, of domains and of exports.

use crate::output::summary::telling::{sentence, story};

#[test]
fn settings_of_the_organization_are_named_with_what_they_are_now() {
    for (name, event, expected) in [
        (
            "text",
            r#"{"type":"realm","op":"update","property":"name","value":"Globe Theatre"}"#,
            r#"realm  organization: name = "Globe Theatre""#,
        ),
        (
            "none any more",
            r#"{"type":"realm","op":"update","property":"message_retention_days","value":null}"#,
            "realm  organization: message_retention_days = none",
        ),
        (
            "number with a meaning",
            r#"{"type":"realm","op":"update","property":"message_retention_days","value":-1}"#,
            "realm  organization: message_retention_days = -1 (for ever)",
        ),
        (
            "extra data of feature levels before 306",
            r#"{"type":"realm","op":"update","property":"plan_type","value":3,"extra_data":{"upload_quota":5}}"#,
            "realm  organization: plan_type = 3",
        ),
        (
            "no channel",
            r#"{"type":"realm","op":"update","property":"signup_announcements_stream_id","value":-1}"#,
            "realm  organization: signup_announcements_stream_id = none",
        ),
        (
            "unknown channel",
            r#"{"type":"realm","op":"update","property":"moderation_request_channel_id","value":7}"#,
            "realm  organization: moderation_request_channel_id = channel#7",
        ),
        (
            "permission",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"can_create_groups":{"direct_members":[5],"direct_subgroups":[]},"create_multiuse_invite_group":14,"can_manage_all_groups":15}}"#,
            "realm  organization: can_create_groups = 1 person, 0 groups, create_multiuse_invite_group = group#14, can_manage_all_groups = group#15",
        ),
        (
            "several",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"allow_message_editing":false,"message_content_edit_limit_seconds":600}}"#,
            "realm  organization: allow_message_editing = false, message_content_edit_limit_seconds = 600",
        ),
        (
            "text and the same as html",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"description":"New","rendered_description":"<p>New</p>"}}"#,
            r#"realm  organization: description = "New""#,
        ),
        (
            "ways to log in",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"authentication_methods":{"LDAP":true,"GitHub":false,"Email":true}}}"#,
            "realm  organization: authentication_methods = LDAP, Email",
        ),
        (
            "ways to log in since feature level 241",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"authentication_methods":{"LDAP":{"enabled":false,"available":true},"Email":{"enabled":true,"available":true}}}}"#,
            "realm  organization: authentication_methods = Email",
        ),
        (
            "ways to log in as nobody knows them",
            r#"{"type":"realm","op":"update_dict","property":"default","data":{"authentication_methods":["Email"]}}"#,
            "realm  organization: authentication_methods = 1 entry",
        ),
        (
            "icon",
            r#"{"type":"realm","op":"update_dict","property":"icon","data":{"icon_url":"/icon.png?version=2","icon_source":"U"}}"#,
            "realm  organization has a new icon",
        ),
        (
            "icon removed",
            r#"{"type":"realm","op":"update_dict","property":"icon","data":{"icon_source":"G","icon_url":"/avatar"}}"#,
            "realm  organization has a new icon: the default one",
        ),
        (
            "logo",
            r#"{"type":"realm","op":"update_dict","property":"logo","data":{"logo_source":"U"}}"#,
            "realm  organization has a new logo",
        ),
        (
            "other logo",
            r#"{"type":"realm","op":"update_dict","property":"night_logo","data":{"night_logo_source":"D"}}"#,
            "realm  organization has a new logo for dark themes: the default one",
        ),
        (
            "end",
            r#"{"type":"realm","op":"deactivated","realm_id":2}"#,
            "realm  organization deactivated",
        ),
        (
            "default",
            r#"{"type":"realm_user_settings_defaults","op":"update","property":"color_scheme","value":3}"#,
            "realm_user_settings_defaults  default for new users: color_scheme = 3 (light)",
        ),
        (
            "billing",
            r#"{"type":"realm_billing","op":"update","property":"has_pending_sponsorship_request","value":true}"#,
            "realm_billing  billing: has_pending_sponsorship_request = true",
        ),
    ] {
        assert_eq!(sentence(event), expected, "{name}");
    }
}

#[test]
fn a_channel_in_a_setting_has_the_name_that_passed() {
    let message = r#"{"type":"message","message":{"id":1,"type":"stream","stream_id":7,"display_recipient":"news","subject":"a","sender_full_name":"Iago","content":"b"}}"#;
    let setting = r#"{"type":"realm","op":"update","property":"new_stream_announcements_stream_id","value":7}"#;
    assert_eq!(
        story(&[message, setting])[1],
        "realm  organization: new_stream_announcements_stream_id = #news"
    );
}

#[test]
fn domains_and_exports_say_what_became_of_them() {
    for (name, event, expected) in [
        (
            "new domain",
            r#"{"type":"realm_domains","op":"add","realm_domain":{"domain":"example.org","allow_subdomains":false}}"#,
            "realm_domains  domain example.org added, without subdomains",
        ),
        (
            "changed domain",
            r#"{"type":"realm_domains","op":"change","realm_domain":{"domain":"example.org","allow_subdomains":true}}"#,
            "realm_domains  domain example.org changed, with its subdomains",
        ),
        (
            "no domain any more",
            r#"{"type":"realm_domains","op":"remove","domain":"example.org"}"#,
            "realm_domains  domain example.org removed",
        ),
        (
            "export begun",
            r#"{"type":"realm_export","exports":[{"id":6,"acting_user_id":1,"pending":false},{"id":7,"acting_user_id":12,"export_url":null,"deleted_timestamp":null,"failed_timestamp":null,"pending":true}]}"#,
            "realm_export  data export 7 is being made, asked for by user#12",
        ),
        (
            "export finished, its address is for the administrators only",
            r#"{"type":"realm_export","exports":[{"id":7,"export_url":"https://example.org/export/aGVyZQ.tar.gz","pending":false}]}"#,
            "realm_export  data export 7 finished",
        ),
        (
            "export failed",
            r#"{"type":"realm_export","exports":[{"id":7,"failed_timestamp":1.5,"pending":false}]}"#,
            "realm_export  data export 7 failed",
        ),
        (
            "export deleted",
            r#"{"type":"realm_export","exports":[{"id":7,"deleted_timestamp":1.5,"pending":false}]}"#,
            "realm_export  data export 7 deleted",
        ),
        (
            "no exports",
            r#"{"type":"realm_export","exports":[]}"#,
            "realm_export  no data exports any more",
        ),
        (
            "consent",
            r#"{"type":"realm_export_consent","user_id":12,"consented":true}"#,
            "realm_export_consent  user#12 lets their private data be exported",
        ),
        (
            "no consent",
            r#"{"type":"realm_export_consent","user_id":12,"consented":false}"#,
            "realm_export_consent  user#12 does not let their private data be exported any more",
        ),
    ] {
        assert_eq!(sentence(event), expected, "{name}");
    }
}

#[test]
fn odd_events_of_the_organization_get_the_generic_line() {
    for (event, expected) in [
        (
            r#"{"type":"realm","op":"merged","realm_id":2}"#,
            "realm/merged  realm_id=2",
        ),
        (
            r#"{"type":"realm","op":"update","property":"name"}"#,
            "realm/update  property=name",
        ),
        (
            r#"{"type":"realm","op":"update_dict","property":"default","data":{}}"#,
            "realm/update_dict  property=default data={0}",
        ),
        (
            r#"{"type":"realm","op":"update_dict","property":"icon","data":{"icon_url":"x"}}"#,
            "realm/update_dict  property=icon data={1}",
        ),
        (
            r#"{"type":"realm","op":"update_dict","property":"default","data":[]}"#,
            "realm/update_dict  property=default data=[0]",
        ),
        (
            r#"{"type":"realm_domains","op":"remove","domain":null}"#,
            "realm_domains/remove  domain=null",
        ),
        (
            r#"{"type":"realm_export","exports":[{"pending":true}]}"#,
            "realm_export  exports=[1]",
        ),
        (
            r#"{"type":"realm_user_settings_defaults","op":"reset","property":"x","value":1}"#,
            "realm_user_settings_defaults/reset  property=x value=1",
        ),
    ] {
        assert_eq!(sentence(event), expected);
    }
}
