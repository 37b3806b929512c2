//! What sending services post, and TLS.

use crate::changes::until;
use crate::client::{Answer, Refusal, Service, parse};
use rcgen::{CertificateParams, CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, Stream, crypto::ring::default_provider};

fn settings(folder: &TempDir, text: &str) -> String {
    let path = folder.path().join("carom.yaml");
    fs::write(&path, text).expect("the settings are written");
    path.to_str().expect("a path").to_owned()
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const KEY: &str = "a-key-that-mailgun-knows";

/// An event as Mailgun posts it.
fn event(token: &str, key: &str, time: u64) -> String {
    let signature = digits(&hmac_sha256::HMAC::mac(format!("{time}{token}").as_bytes(), key.as_bytes()));
    json!({
        "signature": { "timestamp": time.to_string(), "token": token, "signature": signature },
        "event-data": {
            "event": "failed", "severity": "permanent", "timestamp": time, "recipient": "ann@example.com",
            "delivery-status": { "code": 550, "message": "5.1.1 No such user" },
            "message": { "headers": { "message-id": "20260301@example.org" } },
        },
    })
    .to_string()
}

#[test]
fn events_that_are_signed_and_others() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let text = format!(
        "service:\n  tokens:\n    - {{ name: queue, hash: {}, scopes: [classify] }}\n  webhooks:\n    mailgun: {{ key: {KEY} }}\n    \
         postmark: {{ user: postmark, password: open-sesame }}\n",
        "0f".repeat(32)
    );
    let service = Service::start(&["--rules", "harbour", "--settings", &settings(&folder, &text)]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let post = |path: &str, headers: &str, body: &str| -> Answer {
        service.ask("POST", path, &format!("Content-Type: application/json\r\n{headers}"), body.as_bytes())
    };
    // No token is asked for: the signature is one.
    let good = event("t-1", KEY, now);
    let told = post("/v1/events/mailgun", "", &good);
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(
        (&told.json()[0]["recipient"], &told.json()[0]["category"]),
        (&"ann@example.com".into(), &"hard".into())
    );
    let cases: &[(&str, &str, &str, Refusal)] = &[
        ("mailgun", "", &good, (409, "replayed", "it was accepted before")),
        ("mailgun", "", &event("t-2", "another-key", now), (403, "unverified", "the signature is not of this request")),
        ("mailgun", "", &event("t-3", KEY, now - 7_200), (403, "unverified", "it was signed too long ago")),
        ("mailgun", "", "{}", (403, "unverified", "nothing tells who sent it: the body has no `signature`")),
        ("postmark", "", "{}", (403, "unverified", "")),
        (
            "postmark",
            "Authorization: Basic cG9zdG1hcms6d3Jvbmc=\r\n",
            "{}",
            (403, "unverified", "the name and the password are not those of the settings"),
        ),
        ("sendgrid", "", "[]", (404, "not-expected", "nothing of sendgrid is expected")),
        ("%FF", "", "[]", (404, "no-route", "there is no such service: there are ses, sendgrid")),
        ("sendmail", "", "[]", (404, "no-route", "there is no such service: there are ses, sendgrid")),
    ];
    for (name, headers, body, (status, code, message)) in cases {
        let answer = post(&format!("/v1/events/{name}"), headers, body).problem();
        assert_eq!((answer.0, answer.1.as_str()), (*status, *code), "{name}: {answer:?}");
        assert!(answer.2.starts_with(message), "{name}: {answer:?}");
    }
    let bounce = json!({ "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Email": "ben@example.com",
        "Details": "smtp;550 5.1.1 No such user", "BouncedAt": "2026-03-01T00:00:00Z", "MessageID": "m-1" });
    let shown = "Authorization: Basic cG9zdG1hcms6b3Blbi1zZXNhbWU=\r\n";
    let told = post("/v1/events/postmark", shown, &bounce.to_string()).json();
    assert_eq!((&told[0]["recipient"], &told[0]["category"]), (&"ben@example.com".into(), &"hard".into()));
    let log = service.stop();
    let refused = log.lines().filter(|line| line.contains("\"event\":\"unverified\"")).count();
    assert_eq!((refused, log.contains("example.com")), (7, false), "{log}");
}

/// What stands at the end of a connection over TLS, if its certificate is the one that is trusted.
fn over_tls(service: &Service, trusted: &CertificateDer<'static>) -> Option<Answer> {
    asked_over_tls(service, trusted, "/healthz")
}

fn asked_over_tls(service: &Service, trusted: &CertificateDer<'static>, path: &str) -> Option<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut socket: TcpStream = service.connect();
    let mut stream = Stream::new(&mut connection, &mut socket);
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Some(parse(&String::from_utf8_lossy(&answer)))
}

#[test]
fn tls_and_a_certificate_that_is_renewed() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let put = |certified: &CertifiedKey<rcgen::KeyPair>| {
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).expect("it is written");
        write("cert.pem", certified.cert.pem());
        write("key.pem", certified.signing_key.serialize_pem());
    };
    let [first, second] =
        [(); 2].map(|()| generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate is made"));
    put(&first);
    let text = "service:\n  tls: { certificate: cert.pem, key: key.pem }\n";
    let service = Service::start(&["--rules", "harbour", "--watch", "0.05", "--settings", &settings(&folder, text)]);
    let answer = over_tls(&service, first.cert.der()).expect("it speaks TLS");
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    assert!(over_tls(&service, second.cert.der()).is_none(), "another certificate");
    assert!(
        !service.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").contains("200 OK"),
        "nothing in the clear"
    );
    put(&second);
    until("the renewal", || over_tls(&service, second.cert.der()).is_some());
    // A file that is cut changes nothing.
    let key = folder.path().join("key.pem");
    let whole = fs::read_to_string(&key).expect("it is read");
    fs::write(&key, &whole[..whole.len() / 2]).expect("it is cut");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(over_tls(&service, second.cert.der()).is_some());
    let status = asked_over_tls(&service, second.cert.der(), "/v1/status").expect("it speaks TLS").json();
    let tls = &status["tls"];
    assert!(tls["trouble"]["message"].as_str().is_some_and(|why| why.contains("key.pem: ")), "{tls}");
    assert_eq!(tls["not_after"], "4096-01-01T00:00:00Z", "what is in use");
    let metrics = asked_over_tls(&service, second.cert.der(), "/metrics").expect("it speaks TLS").body;
    for line in ["\ncarom_tls_trouble 1\n", "\ncarom_tls_not_after_seconds 67090118400\n"] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    // Mended, it is none any more.
    put(&first);
    until("the renewal", || over_tls(&service, first.cert.der()).is_some());
    let status = asked_over_tls(&service, first.cert.der(), "/v1/status").expect("it speaks TLS").json();
    assert_eq!(status["tls"]["trouble"], serde_json::Value::Null);
    assert!(service.stop().contains("the certificate cannot be used; the one before stays: "));
}

#[test]
fn what_is_wrong_with_tls_keeps_it_from_starting() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = settings(&folder, "service:\n  tls: { certificate: cert.pem, key: key.pem }\n");
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_carom"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it is written");
    // What keeps it from starting is what the check of the settings says, with the place.
    let refused = |why: &str, place: &str| {
        let (status, said) = run(&["serve", "--listen", "127.0.0.1:0", "--settings", &path]);
        assert_eq!(status, Some(2));
        assert!(said.contains(why), "{said}");
        let (status, said) = run(&["config", "check", &path, "--json"]);
        assert_eq!(status, Some(1));
        assert!(said.contains(why) && said.contains(&format!("\"key\":\"service.tls.{place}\"")), "{said}");
    };
    let (status, said) = run(&["serve", "--listen", "127.0.0.1:0", "--settings", &path]);
    assert_eq!(status, Some(2));
    assert!(said.contains("cert.pem: no such file"), "{said}");
    let one = generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate is made");
    let other = generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate is made");
    write("cert.pem", "no certificate\n");
    write("key.pem", &other.signing_key.serialize_pem());
    refused("cert.pem: there is no certificate in it", "certificate");
    write("cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refused("cert.pem: what stands in it as a certificate is none", "certificate");
    write("cert.pem", &one.cert.pem());
    refused("key.pem: it is not the key of the certificate", "key");
    write("key.pem", &one.cert.pem());
    refused("key.pem: there is no private key in PEM in it", "key");
    write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    refused("key.pem: the key cannot be used", "key");
    write("key.pem", &one.signing_key.serialize_pem());
    let (status, said) = run(&["config", "check", &path]);
    assert_eq!(status, Some(0), "{said}");
    // One whose time is over can be used, by who does not look.
    let mut old = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    old.not_after = rcgen::date_time_ymd(2020, 2, 3);
    let old = old.self_signed(&one.signing_key).expect("a certificate is made");
    write("cert.pem", &old.pem());
    let (status, said) = run(&["config", "check", &path]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("warning: ") && said.contains("time was over on 2020-02-03T00:00:00Z"), "{said}");
    let service = Service::start(&["--rules", "harbour", "--settings", &path]);
    assert!(service.stop().contains("time was over on 2020-02-03T00:00:00Z"));
}
