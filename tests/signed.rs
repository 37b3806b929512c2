//! Webhooks as services post them, with keys that are made here; and what somebody else may try.
#![cfg(feature = "signed")]

use base64ct::{Base64, Encoding};
use carom::Time;
use carom::settings::Settings;
use carom::signed::{Posted, Said, Service, Unverified, Verified, Webhooks, over_https};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use rsa::pkcs8::EncodePrivateKey;
use rsa::rand_core::OsRng;
use rsa::sha2::{Digest, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha1::Sha1;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:bounces";
const ADDRESS: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem";

/// Two of them, since making one takes a while.
static KEYS: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| [0, 1].map(|_| RsaPrivateKey::new(&mut OsRng, 2048).expect("a key")));

fn now() -> Time {
    "2026-02-27T04:30:00Z".parse().expect("a time")
}

fn later(seconds: i64) -> Time {
    Time::from_unix(now().unix() + seconds)
}

fn settings(webhooks: &str) -> Settings {
    let text = format!("service:\n  webhooks:\n{webhooks}");
    Settings::parse(Path::new("carom.yaml"), &text).unwrap_or_else(|error| panic!("{text}{error}"))
}

fn nothing_is_fetched(address: &str) -> Result<Vec<u8>, String> {
    panic!("{address} is fetched")
}

/// Holds a request to the settings, with headers.
fn verify(
    webhooks: &Webhooks,
    service: Service,
    body: &[u8],
    headers: &[(&str, &str)],
    query: Option<&str>,
    at: Time,
) -> Result<Verified, Unverified> {
    let header = |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_bytes());
    webhooks.verify(service, Posted { body, header: &header, query }, at)
}

fn certificate(key: &RsaPrivateKey, name: &str, until: i32) -> Vec<u8> {
    let key = key.to_pkcs8_der().expect("a key");
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key.as_bytes().into(), &rcgen::PKCS_RSA_SHA256);
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    params.self_signed(&key.expect("a key")).expect("a certificate").pem().into_bytes()
}

/// An envelope, signed as SNS does.
fn envelope(key: &RsaPrivateKey, version: &str, changes: Value) -> Value {
    let mut envelope = json!({
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": "{\"notificationType\":\"Bounce\"}\nof two lines",
        "Timestamp": "2026-02-27T04:29:00.655Z",
        "SignatureVersion": version,
        "SigningCertURL": ADDRESS,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    });
    for (name, value) in changes.as_object().expect("changes by name") {
        envelope[name] = value.clone();
    }
    let names = match envelope["Type"].as_str() {
        Some("Notification") => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"][..],
        _ => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    };
    let said = |name: &&str| envelope[*name].as_str().map(|said| format!("{name}\n{said}\n"));
    let message: String = names.iter().filter_map(said).collect();
    let signature = match version {
        "1" => key.sign(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(&message)),
        _ => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&message)),
    };
    envelope["Signature"] = json!(Base64::encode_string(&signature.expect("a signature")));
    envelope
}

/// SES, and how often a certificate was fetched.
struct Ses {
    webhooks: Webhooks,
    fetched: Arc<AtomicUsize>,
}

impl Ses {
    fn serving(confirm: bool, answer: impl Fn(&str) -> Result<Vec<u8>, String> + Send + Sync + 'static) -> Ses {
        let settings = settings(&format!("    ses:\n      topics: {TOPIC}\n      confirm: {confirm}\n"));
        let fetched = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&fetched);
        let fetch = move |address: &str| {
            counter.fetch_add(1, Ordering::Relaxed);
            answer(address)
        };
        Ses { webhooks: Webhooks::with_fetch(&settings, Box::new(fetch)).expect("they can be used"), fetched }
    }

    fn new() -> Ses {
        Ses::with(certificate(&KEYS[0], "sns.amazonaws.com", 2027))
    }

    fn with(pem: Vec<u8>) -> Ses {
        Ses::serving(false, move |_| Ok(pem.clone()))
    }

    fn verify(&self, envelope: &Value, at: Time) -> Result<Verified, Unverified> {
        verify(&self.webhooks, Service::Ses, envelope.to_string().as_bytes(), &[], None, at)
    }

    fn said(&self, envelope: &Value) -> Result<Said, Unverified> {
        self.verify(envelope, now()).map(|verified| verified.said)
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }
}

#[test]
fn both_versions_of_sns_hold() {
    for (version, subject) in [("1", json!({})), ("2", json!({})), ("2", json!({ "Subject": "Amazon SES" }))] {
        let ses = Ses::new();
        assert_eq!(ses.said(&envelope(&KEYS[0], version, subject)), Ok(Said::Events), "{version}");
    }
    // One certificate is fetched once.
    let ses = Ses::new();
    for id in ["a", "b", "c"] {
        ses.said(&envelope(&KEYS[0], "2", json!({ "MessageId": id }))).expect("it is signed");
    }
    assert_eq!(ses.fetched(), 1);
}

#[test]
fn what_sns_did_not_sign_is_refused() {
    let ses = Ses::new();
    for version in ["1", "2"] {
        let good = envelope(&KEYS[0], version, json!({}));
        for (name, said) in [
            ("Message", "another"),
            ("MessageId", "another"),
            ("Timestamp", "2026-02-27T04:29:01.655Z"),
            ("Signature", "AAAA"),
            ("Signature", "no base64"),
            ("Subject", "added"),
            ("SignatureVersion", if version == "1" { "2" } else { "1" }),
        ] {
            let mut forged = good.clone();
            forged[name] = json!(said);
            assert_eq!(ses.said(&forged), Err(Unverified::BadSignature), "{name}");
        }
    }
    assert_eq!(ses.said(&envelope(&KEYS[1], "2", json!({}))), Err(Unverified::BadSignature), "by another key");
    for name in ["Type", "MessageId", "Timestamp", "Signature", "SignatureVersion", "SigningCertURL", "TopicArn"] {
        let mut lacking = envelope(&KEYS[0], "2", json!({}));
        lacking.as_object_mut().expect("an object").remove(name);
        let refused = ses.said(&lacking).expect_err(name);
        assert!(matches!(refused, Unverified::Unsigned(_)), "{name}: {refused}");
    }
    let bare = json!({ "notificationType": "Bounce" });
    assert_eq!(
        ses.said(&bare).expect_err("it is bare").to_string(),
        "nothing tells who sent it: there is no envelope of SNS around it: turn `raw message delivery` of the subscription off"
    );
    assert!(matches!(ses.said(&json!([])), Err(Unverified::Unsigned(_))));
    assert!(matches!(ses.said(&envelope(&KEYS[0], "3", json!({}))), Err(Unverified::Unsigned(_))));
}

#[test]
fn nothing_of_another_topic_or_place_is_fetched() {
    let ses = Ses::serving(true, nothing_is_fetched);
    let other = json!({ "TopicArn": "arn:aws:sns:eu-west-1:210987654321:bounces" });
    assert_eq!(ses.said(&envelope(&KEYS[0], "2", other)), Err(Unverified::UnknownTopic));
    for address in [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://attacker.example/SimpleNotificationService-0a1b.pem",
        "https://sns.eu-west-1.amazonaws.com@attacker.example/a.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a1b.pem",
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1",
    ] {
        let refused = ses.said(&envelope(&KEYS[0], "2", json!({ "SigningCertURL": address }))).expect_err(address);
        assert!(matches!(refused, Unverified::UnknownKey(_)), "{address}: {refused}");
    }
    let old = envelope(&KEYS[0], "2", json!({ "Timestamp": "2026-02-27T03:29:00.000Z" }));
    assert_eq!(ses.said(&old), Err(Unverified::TooOld));
    let early = envelope(&KEYS[0], "2", json!({ "Timestamp": "2026-02-27T04:36:00.000Z" }));
    assert_eq!(ses.said(&early), Err(Unverified::TooEarly));
}

#[test]
fn a_certificate_is_held_to_its_time_and_name() {
    for (name, until, known) in [
        ("sns.amazonaws.com", 2027, true),
        ("sns.eu-west-1.amazonaws.com", 2027, true),
        ("sns-signing.eu-west-1.amazonaws.com", 2027, true),
        ("sns.us-east-1.amazonaws.com", 2027, false),
        ("ec2.eu-west-1.amazonaws.com", 2027, false),
        ("sns.amazonaws.com", 2026, false),
    ] {
        let ses = Ses::with(certificate(&KEYS[0], name, until));
        match ses.said(&envelope(&KEYS[0], "2", json!({}))) {
            Ok(said) => assert!(known && said == Said::Events, "{name} {until}"),
            Err(refused) => assert!(!known && matches!(refused, Unverified::UnknownKey(_)), "{name}: {refused}"),
        }
    }
    let ses = Ses::with(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec());
    let refused = ses.said(&envelope(&KEYS[0], "2", json!({}))).expect_err("it is none");
    assert_eq!(refused.to_string(), "it is signed with a key that is not known: it is no certificate");
}

#[test]
fn fetches_are_bounded_and_failures_pass() {
    let ses = Ses::serving(false, |_| Err("the host did not answer in time".to_owned()));
    let mut refused = Vec::new();
    for n in 0..20 {
        let address = format!("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-{n}.pem");
        refused.push(ses.said(&envelope(&KEYS[0], "2", json!({ "SigningCertURL": address }))).expect_err("none"));
    }
    assert!(refused.iter().all(Unverified::is_passing), "{refused:?}");
    assert_eq!(ses.fetched(), 8);
    let again = envelope(&KEYS[0], "2", json!({}));
    assert!(ses.verify(&again, later(61)).is_err());
    assert_eq!(ses.fetched(), 9, "a minute later one may be fetched again");
}

#[test]
fn an_event_comes_once() {
    let ses = Ses::new();
    let good = envelope(&KEYS[0], "2", json!({}));
    let verified = ses.verify(&good, now()).expect("it is signed");
    assert_eq!(ses.verify(&good, later(30)), Err(Unverified::Replayed));
    // It could not be worked on, and is sent again.
    ses.webhooks.forget(&verified.mark.expect("it is remembered"));
    ses.verify(&good, later(30)).expect("it is new again");
    assert_eq!(ses.verify(&good, later(3600)), Err(Unverified::TooOld));
}

#[test]
fn subscriptions_are_confirmed_only_where_the_settings_say_so() {
    let address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=a&Token=b";
    let asks =
        |address: &str| json!({ "Type": "SubscriptionConfirmation", "Token": "2336412f37f", "SubscribeURL": address });
    let ses = Ses::new();
    let said = ses.said(&envelope(&KEYS[0], "2", asks(address))).expect("it is signed");
    assert_eq!(said, Said::Subscribe(None));
    ses.webhooks.follow(&said).expect("there is nothing to do");
    assert_eq!(ses.fetched(), 1, "the certificate alone");

    let pem = certificate(&KEYS[0], "sns.amazonaws.com", 2027);
    let ses = Ses::serving(true, move |_| Ok(pem.clone()));
    let said = ses.said(&envelope(&KEYS[0], "1", asks(address))).expect("it is signed");
    assert_eq!(said, Said::Subscribe(Some(address.to_owned())));
    ses.webhooks.follow(&said).expect("it is confirmed");
    assert_eq!(ses.fetched(), 2);
    // Even signed, no other address is followed.
    for (n, address) in
        ["https://attacker.example/?Action=ConfirmSubscription&", "http://169.254.169.254/"].iter().enumerate()
    {
        let mut asks = asks(address);
        asks["MessageId"] = json!(n.to_string());
        assert_eq!(ses.said(&envelope(&KEYS[0], "2", asks)), Ok(Said::Subscribe(None)), "{address}");
    }
    let mut forged = envelope(&KEYS[0], "2", asks(address));
    forged["SubscribeURL"] = json!("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=c");
    assert_eq!(ses.said(&forged), Err(Unverified::BadSignature));
}

#[test]
fn only_https_is_fetched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // Whoever asks is sent away, and counted.
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            counter.fetch_add(1, Ordering::Relaxed);
            drop(connection);
        }
    });
    assert_eq!(over_https(&format!("http://127.0.0.1:{port}/a.pem")), Err("it is no address of HTTPS".to_owned()));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert_eq!(over_https(&format!("https://127.0.0.1:{port}/a.pem")), Err("the connection failed".to_owned()));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// A key pair of SendGrid, and its public key as they show it.
fn sendgrid() -> (EcdsaKeyPair, String) {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).expect("a key");
    // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING }
    let mut der = vec![0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    der.extend([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00]);
    der.extend(pair.public_key().as_ref());
    (pair, Base64::encode_string(&der))
}

fn signature(pair: &EcdsaKeyPair, message: &str) -> String {
    Base64::encode_string(pair.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature").as_ref())
}

#[test]
fn sendgrid_signs_the_time_and_the_body() {
    let ((old, old_key), (pair, key)) = (sendgrid(), sendgrid());
    let settings = settings(&format!("    sendgrid:\n      keys: [{old_key}, {key}]\n"));
    let webhooks = Webhooks::with_fetch(&settings, Box::new(nothing_is_fetched)).expect("they can be used");
    let body = "[{\"event\":\"bounce\"}]\r\n";
    let time = now().unix().to_string();
    let post = |signature: &str, time: &str, body: &str| {
        let headers =
            [("x-twilio-email-event-webhook-signature", signature), ("x-twilio-email-event-webhook-timestamp", time)];
        verify(&webhooks, Service::SendGrid, body.as_bytes(), &headers, None, now()).map(|verified| verified.said)
    };
    let good = signature(&pair, &format!("{time}{body}"));
    assert_eq!(post(&good, &time, body), Ok(Said::Events));
    // Another signature of the same is the same event.
    let another = signature(&pair, &format!("{time}{body}"));
    assert_ne!(good, another);
    assert_eq!(post(&another, &time, body), Err(Unverified::Replayed));
    let by_old = signature(&old, &format!("{time}[]"));
    assert_eq!(post(&by_old, &time, "[]"), Ok(Said::Events), "keys are changed one after the other");
    assert_eq!(post(&good, &time, body.trim()), Err(Unverified::BadSignature));
    assert_eq!(post(&good, &(now().unix() + 1).to_string(), body), Err(Unverified::BadSignature));
    assert_eq!(post("", &time, body), Err(Unverified::BadSignature));
    assert_eq!(post("*", &time, body), Err(Unverified::BadSignature));
    assert!(matches!(post(&good, "now", body), Err(Unverified::Unsigned(_))));
    let past = (now().unix() - 3601).to_string();
    assert_eq!(post(&signature(&pair, &format!("{past}{body}")), &past, body), Err(Unverified::TooOld));
    let bare = verify(&webhooks, Service::SendGrid, body.as_bytes(), &[], None, now());
    assert!(matches!(bare, Err(Unverified::Unsigned(_))));
    let (stranger, _) = sendgrid();
    assert_eq!(post(&signature(&stranger, &format!("{time}{body}")), &time, body), Err(Unverified::BadSignature));
}

#[test]
fn keys_that_are_none_are_told_with_their_line() {
    let text = "service:\n  webhooks:\n    sendgrid:\n      keys: MFkw\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carom.yaml");
    std::fs::write(&path, text).expect("a file");
    let error = Webhooks::new(&Settings::read(&path).expect("it is read")).expect_err("it is no key");
    assert_eq!((error.line, &*error.key), (Some(4), "service.webhooks.sendgrid.keys"));
    let settings = settings("    mailgun:\n      key: { file: no-such-file }\n");
    let error = Webhooks::new(&settings).expect_err("there is no file");
    assert_eq!(error.message, "no-such-file: there is no such file");
}

#[test]
fn mailgun_signs_a_time_and_a_token() {
    let settings = settings("    mailgun:\n      key: a-signing-key\n");
    let webhooks = Webhooks::with_fetch(&settings, Box::new(nothing_is_fetched)).expect("they can be used");
    let mac = |key: &str, message: &str| -> String {
        let mac = hmac_sha256::HMAC::mac(message.as_bytes(), key.as_bytes());
        mac.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let post = |signature: Value| {
        let body = json!({ "signature": signature, "event-data": {} }).to_string();
        verify(&webhooks, Service::Mailgun, body.as_bytes(), &[], None, now()).map(|verified| verified.said)
    };
    let time = now().unix();
    let signed = |key: &str, time: i64, token: &str| json!({ "timestamp": time.to_string(), "token": token, "signature": mac(key, &format!("{time}{token}")) });
    assert_eq!(post(signed("a-signing-key", time, "t1")), Ok(Said::Events));
    assert_eq!(post(signed("a-signing-key", time, "t1")), Err(Unverified::Replayed));
    assert_eq!(post(signed("another", time, "t2")), Err(Unverified::BadSignature));
    assert_eq!(post(signed("a-signing-key", time - 3601, "t3")), Err(Unverified::TooOld));
    assert_eq!(post(signed("a-signing-key", time + 301, "t4")), Err(Unverified::TooEarly));
    let mut moved = signed("a-signing-key", time, "t5");
    moved["timestamp"] = json!(time + 1);
    assert_eq!(post(moved), Err(Unverified::BadSignature));
    // A number, and an account below one's own.
    let mut below = signed("of-the-account-below", time, "t6");
    below["timestamp"] = json!(time);
    below["parent-signature"] = json!(mac("a-signing-key", &format!("{time}t6")));
    assert_eq!(post(below), Ok(Said::Events));
    for (name, value) in
        [("token", json!("")), ("token", json!("x".repeat(129))), ("timestamp", json!("x")), ("signature", json!(1))]
    {
        let mut broken = signed("a-signing-key", time, "t7");
        broken[name] = value;
        assert!(matches!(post(broken), Err(Unverified::Unsigned(_))), "{name}");
    }
    for signature in ["", "00", &"é".repeat(32), &"0".repeat(64)] {
        let mut broken = signed("a-signing-key", time, "t8");
        broken["signature"] = json!(signature);
        assert_eq!(post(broken), Err(Unverified::BadSignature), "{signature}");
    }
}

#[test]
fn postmark_shows_what_it_was_given() {
    let webhooks =
        |text: &str| Webhooks::with_fetch(&settings(text), Box::new(nothing_is_fetched)).expect("they can be used");
    let basic = webhooks("    postmark:\n      user: carom\n      password: long and random\n");
    let post = |webhooks: &Webhooks, header: Option<&str>, query: Option<&str>| {
        let headers: Vec<(&str, &str)> = header.iter().map(|value| ("authorization", *value)).collect();
        verify(webhooks, Service::Postmark, b"{}", &headers, query, now()).map(|verified| verified.mark)
    };
    let shown = |text: &str| format!("Basic {}", Base64::encode_string(text.as_bytes()));
    assert_eq!(post(&basic, Some(&shown("carom:long and random")), None), Ok(None));
    assert_eq!(post(&basic, Some(&shown("carom:long and random").replace("Basic", "basic")), None), Ok(None));
    for wrong in ["carom:long and rando", "carom:", "", "Carom:long and random"] {
        assert_eq!(
            post(&basic, Some(&shown(wrong)), None),
            Err(Unverified::WrongSecret("the name and the password are not those")),
            "{wrong}"
        );
    }
    assert!(matches!(post(&basic, None, Some("token=x")), Err(Unverified::Unsigned(_))));
    assert!(matches!(post(&basic, Some("Bearer x"), None), Err(Unverified::Unsigned(_))));
    let token = webhooks("    postmark:\n      token: long/and&random\n");
    assert_eq!(post(&token, None, Some("a=b&token=long%2Fand%26random")), Ok(None));
    assert_eq!(
        post(&token, None, Some("token=long/and%26rando")),
        Err(Unverified::WrongSecret("the token is not that"))
    );
    assert_eq!(post(&token, None, Some("token=%")), Err(Unverified::WrongSecret("the token is not that")));
    assert!(matches!(post(&token, None, Some("tokens=x")), Err(Unverified::Unsigned(_))));
    assert!(matches!(post(&token, None, None), Err(Unverified::Unsigned(_))));
}

#[test]
fn nothing_is_expected_of_services_that_are_not_named() {
    let webhooks = Webhooks::new(&Settings::default()).expect("there is nothing to be wrong");
    for service in Service::ALL {
        assert_eq!(service.as_str().parse(), Ok(service));
        let refused = verify(&webhooks, service, b"{}", &[], None, now()).expect_err("nobody is named");
        assert_eq!(refused, Unverified::NotExpected(service));
    }
    assert_eq!("sparkpost".parse::<Service>(), Err(()));
}
