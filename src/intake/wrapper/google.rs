//! Google's bounces, which tell the other server's words at the end of their own.

use super::shape::Shape;

const ENDS: &[&str] = &["(state ", "</html>"];

pub(super) const SHAPES: &[Shape] = &[
    Shape::sure("recipient domain %any by %host. the error that the other server returned was:").before(ENDS),
    Shape::sure("the error that the other server returned was:").before(ENDS),
    Shape::sure("the response from the remote server was:").before(ENDS),
    Shape::sure("the response was:").before(ENDS),
];
