"""Who may come where: one row for each URL and each action of the site. A URL or action without a row fails the test.

To add one: write its name (of a step: name, colon, step) into the table, with who may. A new argument of a URL goes
into `address` (admin) or `about` (site) of tests/test_access.py, a new model into `things`.
"""

STAFF = {"manager", "reviewer", "viewer", "without_group"}
VIEW = {"manager", "reviewer", "viewer"}
REVIEW = {"manager", "reviewer"}
MANAGE = {"manager"}
NOBODY: set[str] = set()  # nobody, not even a manager

# The admin. Who may not: 403 for the ministry's own staff, the page to sign in for everybody else.
ADMIN = {
    "index": STAFF,
    "jsi18n": STAFF,
    "password_change": STAFF,
    "password_change_done": STAFF,
    "autocomplete": NOBODY,
    "app_list": VIEW,
    "surveys_body_changelist": VIEW,
    "surveys_body_change": VIEW,
    "surveys_body_history": VIEW,
    "surveys_body_add": MANAGE,
    "surveys_body_delete": MANAGE,
    "surveys_body_load": MANAGE,
    "surveys_registerchange_changelist": VIEW,
    "surveys_registerchange_change": VIEW,
    "surveys_registerchange_history": VIEW,
    "surveys_registerchange_add": MANAGE,
    "surveys_registerchange_delete": NOBODY,
    "surveys_correction_changelist": VIEW,
    "surveys_correction_change": VIEW,
    "surveys_correction_history": VIEW,
    "surveys_correction_add": NOBODY,
    "surveys_correction_delete": NOBODY,
    "surveys_correction_step:make": REVIEW,
    "surveys_correction_step:decline": REVIEW,
    "surveys_mailing_changelist": VIEW,
    "surveys_mailing_change": VIEW,
    "surveys_mailing_history": VIEW,
    "surveys_mailing_add": NOBODY,
    "surveys_mailing_delete": NOBODY,
    "surveys_mailingitem_changelist": VIEW,
    "surveys_mailingitem_change": VIEW,
    "surveys_mailingitem_history": VIEW,
    "surveys_mailingitem_add": NOBODY,
    "surveys_mailingitem_delete": NOBODY,
    "surveys_mailingitem_step:again": REVIEW,
    "surveys_mailingitem_step:settle": REVIEW,
    "surveys_reminderrule_changelist": VIEW,
    "surveys_reminderrule_change": VIEW,
    "surveys_reminderrule_history": VIEW,
    "surveys_reminderrule_preview": VIEW,
    "surveys_reminderrule_add": MANAGE,
    "surveys_reminderrule_delete": NOBODY,
    "surveys_event_changelist": VIEW,
    "surveys_event_file": VIEW,
    "surveys_event_change": VIEW,
    "surveys_event_history": VIEW,
    "surveys_event_add": NOBODY,
    "surveys_event_delete": NOBODY,
    "surveys_response_changelist": VIEW,
    "surveys_response_change": VIEW,
    "surveys_response_history": VIEW,
    "surveys_response_add": NOBODY,
    "surveys_response_delete": NOBODY,
    "surveys_response_step:accept": REVIEW,
    "surveys_response_step:send_back": REVIEW,
    "surveys_response_step:extend": REVIEW,
    "surveys_response_step:read_reasons": REVIEW,
    "surveys_survey_changelist": VIEW,
    "surveys_survey_change": VIEW,
    "surveys_survey_history": VIEW,
    "surveys_survey_add": NOBODY,
    "surveys_survey_delete": NOBODY,
    "surveys_survey_step:open": MANAGE,
    "surveys_survey_step:close": MANAGE,
    "surveys_survey_step:next": MANAGE,
    "surveys_survey_definition": VIEW,
    "surveys_survey_definition_file": VIEW,
    "surveys_survey_definition_pages": VIEW,
    "surveys_survey_definition_confirm": MANAGE,
    "surveys_survey_disclosure": VIEW,
    "surveys_user_changelist": VIEW,
    "surveys_user_change": VIEW,
    "surveys_user_history": VIEW,
    "surveys_user_add": MANAGE,
    "surveys_user_delete": NOBODY,
    "surveys_user_hand_over": MANAGE,
    "surveys_user_import": MANAGE,
    "surveys_user_import-confirm": MANAGE,
    "surveys_user_import-file": MANAGE,
    "surveys_user_invite": MANAGE,
    "surveys_user_step:activate": MANAGE,
    "surveys_user_step:deactivate": MANAGE,
    "surveys_user_step:end_sessions": MANAGE,
    "surveys_user_step:revoke": MANAGE,
    "surveys_user_step:take_factors": MANAGE,
    "auth_user_password_change": MANAGE,
    "aggregation_run_changelist": VIEW,
    "aggregation_run_change": VIEW,
    "aggregation_run_history": VIEW,
    "aggregation_run_table": VIEW,
    "aggregation_run_errata": VIEW,
    "aggregation_run_reports": VIEW,
    "aggregation_run_reports_file": VIEW,
    "aggregation_run_add": NOBODY,
    "aggregation_run_delete": NOBODY,
    "aggregation_run_recompute": MANAGE,
    "aggregation_run_introduction": VIEW,
    "aggregation_run_step:publish": MANAGE,
}
# What those who may are answered on GET where it is no page. Staff who may not: 403, but 404 where there is nothing to
# be found out about, and for everybody 405 where only POST is taken.
POST_ONLY = {"surveys_survey_definition_confirm", "aggregation_run_recompute"}
ANSWERED = {
    "password_change": 302,
    "surveys_user_import-confirm": 302,
    "aggregation_run_errata": 404,  # no errata in r1
    "aggregation_run_reports_file": 404,  # no reports made
}
NOT_THERE_FOR_STAFF = {"aggregation_run_errata", "app_list"}
# What is only read: 405 on POST. Every page of a history too.
ONLY_READ = {
    *("password_change_done", "autocomplete", "jsi18n", "surveys_event_file", "surveys_user_import-file"),
    *("surveys_survey_definition_file", "surveys_reminderrule_preview", "aggregation_run_table"),
    *("aggregation_run_errata", "aggregation_run_reports_file"),
}
# Pages that more people may read than write: who may post.
POSTED_BY = {
    "surveys_body_change": MANAGE,
    "surveys_correction_change": NOBODY,
    "surveys_event_change": NOBODY,
    "surveys_mailing_change": NOBODY,
    "surveys_mailingitem_change": NOBODY,
    "surveys_registerchange_change": NOBODY,
    "surveys_reminderrule_change": MANAGE,
    "surveys_response_change": NOBODY,
    "surveys_survey_change": MANAGE,
    "surveys_user_change": MANAGE,
    "aggregation_run_change": NOBODY,
}
POSTED_BY |= {
    "surveys_survey_definition": MANAGE,
    "surveys_survey_disclosure": MANAGE,
    "aggregation_run_introduction": MANAGE,
    "aggregation_run_reports": MANAGE,
}
# What those who may are answered to a POST with nothing in it: mostly the page again. DONE: it has happened (and is
# undone by the test); STARTS: it would start work in the background, which the tests of that work do.
DONE, STARTS = "done", "starts"
POSTED: dict[str, int | str] = {
    "password_change": 302,
    "surveys_body_load": 400,
    "surveys_registerchange_add": 400,
    "surveys_correction_step:make": DONE,
    "surveys_mailingitem_step:again": 302,
    "surveys_mailingitem_step:settle": 302,
    "surveys_response_step:accept": 302,
    "surveys_response_step:read_reasons": 302,
    "surveys_survey_change": 302,
    "surveys_survey_definition": 400,
    "surveys_survey_definition_confirm": 400,
    "surveys_survey_disclosure": 409,
    "surveys_survey_step:open": 302,
    "surveys_survey_step:close": DONE,
    "surveys_survey_step:next": 302,
    "surveys_user_import": 400,
    "surveys_user_import-confirm": 400,
    "surveys_user_step:activate": 302,
    "surveys_user_step:deactivate": DONE,
    "surveys_user_step:end_sessions": 302,
    "surveys_user_step:revoke": 302,
    "aggregation_run_recompute": 302,
    "aggregation_run_reports": STARTS,
    "aggregation_run_step:publish": 302,
}
# Not asked for: they answer before anybody is known, or only lead on to another URL.
LEFT_OUT = {"login", "logout", "view_on_site", None}

ACTIONS = {
    "surveys_body:delete_selected": MANAGE,
    "surveys_response:accept": REVIEW,
    "surveys_response:send_back": REVIEW,
    "surveys_response:extend": REVIEW,
    "surveys_response:read_reasons": REVIEW,
    "surveys_response:remind": REVIEW,
    "surveys_correction:make": REVIEW,
    "surveys_correction:decline": REVIEW,
    "surveys_mailingitem:again": REVIEW,
    "surveys_mailingitem:settle": REVIEW,
    "surveys_survey:next": MANAGE,
    "surveys_survey:open": MANAGE,
    "surveys_survey:close": MANAGE,
    "surveys_user:activate": MANAGE,
    "surveys_user:deactivate": MANAGE,
    "surveys_user:invite": MANAGE,
    "surveys_user:end_sessions": MANAGE,
    "surveys_user:revoke": MANAGE,
    "surveys_user:take_factors": MANAGE,
    "aggregation_run:publish": MANAGE,
}

# The pages of the public and of everybody who is signed in: the status for members of a body; for others who may read
# its answers; for who may not know of it; and for nobody in particular, who is asked to sign in. They take no POST, but
# for those of POSTS. The pages about a body are in tests/access_bodies.py.
PUBLIC = (200, 200, 200, 200)
NOT_HERE = (404, 404, 404, 404)  # the round that is asked about has no such thing
SIGNED_IN = (200, 200, 200, 302)
READ = (200, 200, 404, 302)
LEAD = (200, 404, 404, 302)
AWAY = (302, 302, 302, 302)
GET = {
    "favicon": AWAY,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "robots-txt": PUBLIC,
    "security-txt": NOT_HERE,  # nobody is named in the settings
    "account_inactive": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "sessions-end": AWAY,
    "mfa_activate_totp": AWAY,  # first the password anew
    "mfa_add_webauthn": AWAY,
    "mfa_remove_webauthn": AWAY,
    "mfa_generate_recovery_codes": AWAY,
    "mfa_reauthenticate": AWAY,  # nobody here has a second factor
    "mfa_reauthenticate_webauthn": AWAY,
    "mfa_deactivate_totp": (404, 404, 404, 302),
    "mfa_view_recovery_codes": (404, 404, 404, 302),
    "guide": SIGNED_IN,
    "progress-latest": AWAY,
    "glossary": PUBLIC,
    "report-index": PUBLIC,
    "report-contents": PUBLIC,
    "report-tables-file": PUBLIC,
    "report-table-file": PUBLIC,
    "report-table": PUBLIC,
    "report-editions": PUBLIC,
    "report-cell": PUBLIC,
    "report-cell-file": PUBLIC,
    "report-introduction": PUBLIC,
    "report-chronology": PUBLIC,
    "report-corrections": PUBLIC,
    "report-errata-file": NOT_HERE,
    "report-item": PUBLIC,
    "report-figure-file": PUBLIC,
    "report-machine-file": PUBLIC,
    "report-data": PUBLIC,
    "report-data-archive": PUBLIC,
    "report-data-file": PUBLIC,
    "api:api-root": PUBLIC,
    "api:openapi-json": PUBLIC,
    "api:rounds": PUBLIC,
    "api:tables": PUBLIC,
    "api:table": PUBLIC,
    "api:cells": PUBLIC,
    "api:bodies": PUBLIC,
    "api:body-answers": PUBLIC,
    "api:question-answers": PUBLIC,
    "api-nothing": NOT_HERE,
    "explore": PUBLIC,
    "explore-file": PUBLIC,
    "bodies": PUBLIC,
    "body": PUBLIC,
    "body-beside": PUBLIC,
    "trend-index": PUBLIC,
    "trend": PUBLIC,
}
# Of those above, what a POST with nothing in it is answered, by the same columns: the guide is put away, the other
# sessions of the person (there are none) are ended, and who changes a second factor gives the password anew.
POSTS = {
    **{"guide": AWAY, "sessions-end": AWAY, "account_change_password": SIGNED_IN, "account_reauthenticate": SIGNED_IN},
    **{"mfa_activate_totp": AWAY, "mfa_add_webauthn": AWAY, "mfa_remove_webauthn": AWAY},
    **{"mfa_generate_recovery_codes": AWAY, "mfa_reauthenticate": AWAY, "mfa_reauthenticate_webauthn": AWAY},
    "mfa_deactivate_totp": (404, 404, 404, 302),
    **dict.fromkeys(("mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes"), (405, 405, 405, 302)),
}
# Pages about a whole round, for certain roles, whatever they may read besides; for everybody else they are not there.
OVERSEEING = {"manager", "reviewer", "viewer", "prefecture", "elsewhere"}
COORDINATING = {"prefecture", "elsewhere"}  # each with the own municipalities
BY_ROLE: dict[str, set[str]] = {
    "prefecture": COORDINATING,
    "prefecture-csv": COORDINATING,
    "prefecture-remind": COORDINATING,
    "progress": OVERSEEING,
    "progress-bodies": OVERSEEING,
    "progress-bodies-file": OVERSEEING,
    "progress-prefectures-file": OVERSEEING,
}
# The same with POST: 302 for them, since nothing was chosen.
POST_BY_ROLE: dict[str, set[str]] = {"prefecture-endorse": COORDINATING, "prefecture-remind": COORDINATING}
# These make no difference between people: signing in and out, the language, the code of an invitation.
EVERYBODY = {
    *("account_login", "account_logout", "account_signup", "home", "set_language"),
    *("mfa_authenticate", "mfa_login_webauthn"),
    *("invitation", "invitation-accept", "invitation-link", "account-link"),
}
# What they tell the history though nothing was given: by name, method, and whether somebody is signed in.
TOLD = {("account_logout", "post", True): ["sign_out"]}
# Asked by a page that stays open (htmx), these tell who is not signed in any more by 401 and not by the way to sign in.
LIVE = {"section", "presence", "progress"}
LEADS_ON = {"/favicon.ico"}  # leads everybody elsewhere
