//! Plots as SVG, readable on light and on dark ground.

use crate::results::short;

/// A line of a plot: its name and its points.
pub(crate) type Series = (String, Vec<(f64, f64)>);

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 240.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;

/// How far apart the names at the ends of the lines stand at the least.
const APART: f64 = 16.0;

/// Colours by how names begin, so that a name has the same in every plot.
const COLORS: [(&str, &str); 9] = [
    ("floor", "#848d97"),
    ("carom: verdict", "#2f81f7"),
    ("carom: parse", "#1a9c8c"),
    ("carom: rules alone", "#2f81f7"),
    ("carom: rules with", "#1a9c8c"),
    ("hyperscan", "#bf3989"),
    ("yara-x", "#8250df"),
    ("regex", "#bf8700"),
    ("aho-corasick", "#db6d28"),
];

const STYLE: &str = "<style>text{font:13px system-ui,sans-serif;fill:#424a53}.title{font-weight:600}\
    .grid{stroke:#848d97;stroke-opacity:.3}path{fill:none;stroke-width:2}\
    @media(prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>";

/// Lines over two logarithmic axes.
pub(crate) fn lines(title: &str, across: &str, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|(_, points)| points);
    let (x, y) = (Axis::new(points().map(|(x, _)| *x)), Axis::new(points().map(|(_, y)| *y)));
    let at = |(px, py): &(f64, f64)| {
        let right = LEFT + x.share(*px) * (WIDTH - LEFT - RIGHT);
        (right, HEIGHT - BOTTOM - y.share(*py) * (HEIGHT - TOP - BOTTOM))
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{title}\">\n{STYLE}\n<text class=\"title\" x=\"{LEFT}\" y=\"20\">{title}</text>\n"
    );
    let (end, ground) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for value in y.ticks() {
        let (_, at) = at(&(x.low, value));
        out += &format!("<line class=\"grid\" x1=\"{LEFT}\" x2=\"{end}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\n");
        out += &text(LEFT - 8.0, at + 4.0, "end", &tick(value));
    }
    for value in x.ticks() {
        let (at, _) = at(&(value, y.low));
        out += &format!("<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{ground}\"/>\n");
        out += &text(at, ground + 18.0, "middle", &tick(value));
    }
    out += &text((LEFT + end) / 2.0, HEIGHT - 10.0, "middle", across);
    let mut names = Vec::new();
    for (name, points) in series {
        let color = COLORS.iter().find(|(start, _)| name.starts_with(start)).map_or("#2da44e", |(_, color)| color);
        let mut path = String::new();
        for (n, point) in points.iter().enumerate() {
            let (x, y) = at(point);
            path += &format!("{}{x:.1} {y:.1}", if n == 0 { "M" } else { "L" });
            out += &format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{color}\"/>\n");
        }
        out += &format!("<path d=\"{path}\" stroke=\"{color}\"/>\n");
        if let Some(last) = points.last() {
            let (x, y) = at(last);
            names.push((y, x, name, color));
        }
    }
    // Names that would stand on each other give way downwards.
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = f64::MIN;
    for (y, x, name, color) in names {
        let below = y.max(least);
        least = below + APART;
        let start = end + 14.0;
        out += &format!(
            "<line x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{start}\" y2=\"{below:.1}\" stroke=\"{color}\" stroke-opacity=\".5\"/>\n",
            x + 5.0
        );
        out += &text(start + 4.0, below + 4.0, "start", name);
    }
    out + "</svg>\n"
}

/// A power of ten, without a point where it is whole.
fn tick(value: f64) -> String {
    let text = short(value);
    if value < 0.9 { text } else { text.split('.').next().unwrap_or_default().to_owned() }
}

fn text(x: f64, y: f64, anchor: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n")
}

/// A logarithmic axis between two powers of ten.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn new(values: impl Iterator<Item = f64> + Clone) -> Axis {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(f64::MIN_POSITIVE, f64::max);
        let low = 10_f64.powf(least.min(most).log10().floor());
        Axis { low, high: 10_f64.powf(most.log10().ceil()).max(low * 10.0) }
    }

    fn share(&self, value: f64) -> f64 {
        (value / self.low).log10() / (self.high / self.low).log10()
    }

    fn ticks(&self) -> Vec<f64> {
        std::iter::successors(Some(self.low), |tick| Some(tick * 10.0)).take_while(|t| *t < self.high * 1.5).collect()
    }
}
