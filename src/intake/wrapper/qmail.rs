//! qmail-remote: a sentence about what happened, `Remote host said:`, and when it gives up.

use super::shape::Shape;
use crate::Phase;

const ENDS: &[&str] = &["giving up on ", "i'm not going to try again", "/giving up on "];

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("%host does not like recipient. remote host said:").at(Phase::Rcpt).before(ENDS),
    Shape::sure("%host failed after i sent the message. remote host said:").at(Phase::EndOfData).before(ENDS),
    Shape::sure("%host failed on data command. remote host said:").at(Phase::Data).before(ENDS),
    Shape::sure("connected to %host but sender was rejected. remote host said:").at(Phase::Mail).before(ENDS),
    Shape::sure("connected to %host but my name was rejected. remote host said:").at(Phase::Ehlo).before(ENDS),
    Shape::sure("connected to %host but greeting failed. remote host said:").at(Phase::Connect).before(ENDS),
    Shape::sure("remote host said:").before(ENDS),
    Shape::own("connected to %host but greeting failed").at(Phase::Connect),
    Shape::own("connected to %host but my name was rejected").at(Phase::Ehlo),
    Shape::own("connected to %host but sender was rejected").at(Phase::Mail),
    Shape::own("connected to %host but connection died"),
    Shape::own("%host does not like recipient").at(Phase::Rcpt),
    Shape::own("%host failed after i sent the message").at(Phase::EndOfData),
];
