//! What is wrong with a request, as it is answered.

use super::asker::Outcome;
use crate::report::{json_line, plain};
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The version of the form.
const FORM: u32 = 1;

/// One line about it, a word that stays the same for programs, and a status.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// What is wrong with rules.
    pub(super) diagnostics: Option<Value>,
}

macro_rules! problems {
    ($($name:ident $status:ident $code:literal)*) => {
        $(pub(super) fn $name(message: impl Into<String>) -> Problem {
            // What it tells of may have come from anywhere.
            let message = plain(&message.into()).into_owned();
            Problem { status: StatusCode::$status, code: $code, message, diagnostics: None }
        })*

        /// All words, for the description of the interface.
        #[cfg(test)]
        pub(super) const CODES: &[&str] = &[$($code),*];
    };
}

impl Problem {
    problems! {
        bad_json BAD_REQUEST "bad-json"
        bad_body BAD_REQUEST "bad-body"
        bad_head BAD_REQUEST "bad-head"
        no_token UNAUTHORIZED "no-token"
        wrong_scope FORBIDDEN "wrong-scope"
        from_browser FORBIDDEN "from-browser"
        wrong_host FORBIDDEN "wrong-host"
        unverified FORBIDDEN "unverified"
        no_route NOT_FOUND "no-route"
        no_candidate NOT_FOUND "no-candidate"
        not_expected NOT_FOUND "not-expected"
        wrong_method METHOD_NOT_ALLOWED "wrong-method"
        too_slow REQUEST_TIMEOUT "too-slow"
        no_way_back CONFLICT "no-way-back"
        replayed CONFLICT "replayed"
        too_large PAYLOAD_TOO_LARGE "too-large"
        large_head REQUEST_HEADER_FIELDS_TOO_LARGE "large-head"
        wrong_type UNSUPPORTED_MEDIA_TYPE "wrong-type"
        bad_reply UNPROCESSABLE_ENTITY "bad-reply"
        bad_mail UNPROCESSABLE_ENTITY "bad-mail"
        bad_rules UNPROCESSABLE_ENTITY "bad-rules"
        broke INTERNAL_SERVER_ERROR "broke"
        busy SERVICE_UNAVAILABLE "busy"
        stopping SERVICE_UNAVAILABLE "stopping"
    }

    pub(super) fn with_diagnostics(mut self, diagnostics: Value) -> Problem {
        self.diagnostics = Some(diagnostics);
        self
    }

    /// The object that programs read.
    pub(super) fn json(&self) -> Value {
        let mut error = json!({ "code": self.code, "status": self.status.as_u16(), "message": self.message });
        if let Some(diagnostics) = &self.diagnostics {
            error["diagnostics"] = diagnostics.clone();
        }
        json!({ "v": FORM, "error": error })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut line = json_line(&self.json());
        line.push('\n');
        let mut response = Response::new(Body::from(line));
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Outcome(self.message));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What is still to come of the body is not read.
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
