//! Sections of docs/benchmarks.md that programs write, between `<!-- NAME:begin … -->` and `<!-- NAME:end -->`.

use anyhow::Context as _;

use crate::app::workspace;

/// Puts `text` between the marks of a section.
///
/// # Errors
/// When the marks are missing, or the page cannot be read or written.
pub fn write(section: &str, text: &str) -> anyhow::Result<()> {
    let path = workspace().join("docs/benchmarks.md");
    let page = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let page = replaced(&page, section, text)
        .with_context(|| format!("{}: the marks of section {section} are missing", path.display()))?;
    std::fs::write(&path, page).with_context(|| format!("{} cannot be written", path.display()))
}

fn replaced(page: &str, section: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- {section}:begin"))?;
    let (mark, rest) = rest.split_once("-->")?;
    let end = format!("<!-- {section}:end -->");
    let (_, after) = rest.split_once(&end)?;
    Some(format!(
        "{before}<!-- {section}:begin{mark}-->\n\n{}\n\n{end}{after}",
        text.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "# A\n<!-- b:begin, written by x -->\nold\n<!-- b:end -->\nB\n";
        let once = replaced(page, "b", "new").unwrap();
        assert_eq!(once, "# A\n<!-- b:begin, written by x -->\n\nnew\n\n<!-- b:end -->\nB\n");
        assert_eq!(replaced(&once, "b", "new").unwrap(), once);
        assert_eq!(replaced("no marks", "b", "new"), None);
    }
}
