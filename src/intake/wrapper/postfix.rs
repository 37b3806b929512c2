//! Postfix, in its logs and in its bounces.

use super::shape::Shape;
use crate::Phase;

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("host %host said:").in_reply_to(),
    Shape::sure("host %host refused to talk to me:").at(Phase::Connect),
    Shape::sure("connect to %host: server refused to talk to me:").at(Phase::Connect),
    Shape::sure("host %host refused to start tls:").at(Phase::Ehlo),
    Shape::nested("sasl authentication failed; server %host said:").at(Phase::Ehlo),
    // What went wrong before a server could say anything.
    Shape::own("lost connection with %host while %step"),
    Shape::own("conversation with %host timed out while %step"),
    Shape::own("connect to %host: ").at(Phase::Connect),
    Shape::own("tls is required, but was not offered by host %host").at(Phase::Ehlo),
    Shape::own("message size %any exceeds size limit %any of server %host"),
    Shape::prefix("delivery temporarily suspended: "),
    Shape::prefix("sasl authentication failed; "),
    // The name of a header by which mails were routed, as some DSNs carry it.
    Shape::prefix("x-outbound-mail-relay; "),
    Shape::prefix("x-postfix; "),
];
