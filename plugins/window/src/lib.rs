use carom_plugin::*;
struct W;
impl Plugin for W {
    fn describe() -> Description {
        Description::new("window", "1.0.0").host("*.window.example").rules("rule closed for window {\n then deferred rate-limited\n retry after {wait} else 1h\n}\n")
    }
    fn classify(reply: &Reply) -> Option<Verdict> {
        let minutes: u32 = reply.folded.strip_prefix("w/")?.parse().ok()?;
        Some(Verdict::rule("closed").field("wait", format!("{minutes}m")).field("host", reply.host.clone()?))
    }
}
export!(W);
