//! The results of a run: printed as they come, kept as JSON, and what the page is made of.

use serde_json::{Map, Value, json};

/// A line of the results.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) part: String,
    /// How many rules there are, where that is what is varied.
    pub(crate) rules: usize,
    pub(crate) line: String,
    pub(crate) figures: Vec<(String, f64)>,
    /// Why there are no figures.
    pub(crate) skipped: Option<String>,
}

impl Row {
    pub(crate) fn new(part: &str, rules: usize, line: &str) -> Row {
        Row { part: part.to_owned(), rules, line: line.to_owned(), ..Row::default() }
    }

    pub(crate) fn with(mut self, name: &str, figure: f64) -> Row {
        self.figures.push((name.to_owned(), figure));
        self
    }

    pub(crate) fn skipped(part: &str, rules: usize, line: &str, why: impl Into<String>) -> Row {
        Row { skipped: Some(why.into()), ..Row::new(part, rules, line) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(known, _)| known == name).map(|(_, figure)| *figure)
    }
}

/// Adds to each row what its time is of the floor's, and of Hyperscan's without and with word edges.
pub(crate) fn ratios(rows: &mut [Row]) {
    for (line, name) in
        [("floor", "of floor"), ("hyperscan", "of hyperscan"), ("hyperscan: the same", "of hyperscan with edges")]
    {
        let base = rows.iter().find(|row| row.line.starts_with(line)).and_then(|row| row.get("ns"));
        for row in rows.iter_mut() {
            if let (Some(base), Some(time)) = (base, row.get("ns")) {
                row.figures.push((name.to_owned(), time / base));
            }
        }
    }
}

/// A number in as many digits as tell something.
pub(crate) fn short(figure: f64) -> String {
    let digits = match figure.abs() {
        0.0 => 0,
        small if small < 1.0 => 3,
        small if small < 10.0 => 2,
        small if small < 100.0 => 1,
        _ => 0,
    };
    let plain = format!("{figure:.digits$}");
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    rest.map_or(out.clone(), |rest| format!("{out}.{rest}"))
}

pub(crate) fn print(rows: &[Row]) {
    for row in rows {
        let rules = if row.rules > 0 { short(row.rules as f64) } else { String::new() };
        let figures = row.figures.iter().map(|(name, figure)| format!("{:>11} {name}", short(*figure)));
        let told = row.skipped.as_ref().map(|why| format!("     skipped: {why}"));
        println!("{:<8} {rules:>7}  {:<44}{}", row.part, row.line, figures.chain(told).collect::<String>());
    }
}

/// What a machine is: names and what they are.
pub(crate) type Machine = Vec<(String, String)>;

pub(crate) fn json(machine: &Machine, rows: &[Row]) -> String {
    let machine: Map<String, Value> = machine.iter().map(|(name, is)| (name.clone(), json!(is))).collect();
    let row = |row: &Row| {
        let figures: Map<String, Value> =
            row.figures.iter().map(|(name, figure)| (name.clone(), json!(figure))).collect();
        json!({"part": row.part, "rules": row.rules, "line": row.line, "figures": figures, "skipped": row.skipped})
    };
    let all = json!({"machine": machine, "rows": rows.iter().map(row).collect::<Vec<_>>()});
    serde_json::to_string_pretty(&all).expect("results are JSON") + "\n"
}

/// Reads what [`json`] wrote.
pub(crate) fn read(text: &str) -> Option<(Machine, Vec<Row>)> {
    let all: Value = serde_json::from_str(text).ok()?;
    let machine = all["machine"].as_object()?.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
    let row = |row: &Value| {
        Some(Row {
            part: row["part"].as_str()?.to_owned(),
            rules: row["rules"].as_u64()? as usize,
            line: row["line"].as_str()?.to_owned(),
            figures: row["figures"].as_object()?.iter().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect(),
            skipped: row["skipped"].as_str().map(str::to_owned),
        })
    };
    Some((machine.collect(), all["rows"].as_array()?.iter().map(row).collect::<Option<_>>()?))
}
