//! Exim: the host stands before or after the error, or in the `H=` of its log.

use super::shape::Shape;
use crate::Phase;

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("smtp error from remote mail server after %step: host %host: "),
    Shape::sure("smtp error from remote mailer after %step: host %host: "),
    Shape::sure("lmtp error from remote mail server after %step: host %host: "),
    Shape::sure("host %host smtp error from remote mail server after %step: "),
    Shape::sure("host %host lmtp error from remote mail server after %step: "),
    Shape::sure("host %host: smtp error from remote mail server after %step: "),
    Shape::sure("host %host: smtp error from remote mailer after %step: "),
    Shape::sure("h=%host: smtp error from remote mail server after %step: "),
    Shape::sure("h=%host: lmtp error from remote mail server after %step: "),
    Shape::sure("smtp error from remote mail server after %step: "),
    Shape::sure("smtp error from remote mailer after %step: "),
    Shape::sure("lmtp error from remote mail server after %step: "),
    Shape::sure("lmtp error after %step: "),
    Shape::own("host %host: smtp timeout after %step"),
    Shape::own("h=%host: smtp timeout after %step"),
    Shape::own("smtp timeout while connected to %host after %step"),
    Shape::own("smtp timeout after %step"),
    Shape::own("host %host: remote host closed connection in response to %step"),
    Shape::own("h=%host: remote host closed connection in response to %step"),
    Shape::own("remote host %host closed connection in response to %step"),
    Shape::own("remote host closed connection in response to %step"),
    Shape::own("host %host connection refused").at(Phase::Connect),
    Shape::own("host %host connection timed out").at(Phase::Connect),
];
