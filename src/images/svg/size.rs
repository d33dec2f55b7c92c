//! How much a drawing grows when everything is put where it is referred to, found before that is done: a few
//! hundred bytes of patterns within patterns can ask for more than anyone could draw.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};

use crate::text::Words;

/// No drawing may have more elements when all references are followed.
const MOST: u64 = 50_000;
/// No element may lie deeper.
const DEEPEST: usize = 64;
/// References may lead to references so many times.
const ROUNDS: usize = 16;
/// What is a picture of its own before it is used counts as so many elements.
const LAYER: u64 = 50;
/// Filters whose time does not hang on their numbers.
const FILTERS: [&str; 15] = [
    "feGaussianBlur",
    "feOffset",
    "feBlend",
    "feFlood",
    "feMerge",
    "feMergeNode",
    "feColorMatrix",
    "feComposite",
    "feDropShadow",
    "feComponentTransfer",
    "feFuncR",
    "feFuncG",
    "feFuncB",
    "feFuncA",
    "feTile",
];

/// An element that others may refer to, or the whole.
#[derive(Default)]
struct Target {
    size: u64,
    /// What is referred to in it, and how many times.
    refers: HashMap<usize, u64>,
}

/// Refuses a drawing that is too large to be drawn.
pub(super) fn check(document: &Document) -> Result<(), Words> {
    let too_large = || {
        Words::both(
            format!("has more than {MOST} shapes, counted as often as they are used: simplify it, or save it as PNG"),
            format!("图形超过 {MOST} 个（重复使用的按次数计）：请简化，或存为 PNG"),
        )
    };
    let elements = || document.descendants().filter(Node::is_element);
    if elements().count() as u64 > MOST {
        return Err(too_large());
    }
    if let Some(filter) = elements().find(|node| name(node).starts_with("fe") && !FILTERS.contains(&name(node))) {
        let filter = name(&filter);
        return Err(Words::both(
            format!("has a filter that is not drawn ({filter}): save it as PNG"),
            format!("有不支持的滤镜（{filter}）：请存为 PNG"),
        ));
    }
    let mut targets = vec![Target::default()];
    let mut by_id = HashMap::new();
    for node in elements().filter(|node| !name(node).ends_with("Gradient")) {
        if let Some(id) = node.attribute("id") {
            by_id.insert(id, targets.len());
            targets.push(Target::default());
        }
    }
    let of_classes = styled(document);
    for node in elements() {
        let mut holders = vec![0];
        for (depth, above) in node.ancestors().enumerate() {
            if depth > DEEPEST {
                return Err(Words::both(
                    format!("has shapes within shapes {DEEPEST} times: simplify it, or save it as PNG"),
                    format!("图形嵌套达 {DEEPEST} 层：请简化，或存为 PNG"),
                ));
            }
            holders.extend(above.attribute("id").and_then(|id| by_id.get(id)));
        }
        let size = if matches!(name(&node), "filter" | "mask" | "pattern" | "clipPath") { LAYER } else { 1 };
        let attributes = node.attributes().flat_map(|attribute| {
            // A marker is drawn at each corner.
            let corners = node.attribute("d").or(node.attribute("points")).map_or(1, |path| 1 + path.len() as u64 / 4);
            let times = if attribute.name().starts_with("marker") || attribute.value().contains("marker") {
                corners
            } else {
                1
            };
            let own = if attribute.name() == "href" { attribute.value().strip_prefix('#') } else { None };
            own.into_iter().chain(named(attribute.value())).map(move |id| (id, times))
        });
        let classes = node.attribute("class").unwrap_or_default().split_whitespace().chain([""]);
        let by_style = classes.filter_map(|class| of_classes.get(class)).flatten().map(|&id| (id, 1));
        let refers: Vec<(usize, u64)> =
            attributes.chain(by_style).filter_map(|(id, times)| Some((*by_id.get(id)?, times))).collect();
        for holder in holders {
            targets[holder].size += size;
            refers.iter().for_each(|&(target, times)| *targets[holder].refers.entry(target).or_default() += times);
        }
    }
    let mut sizes: Vec<u64> = targets.iter().map(|target| target.size).collect();
    for _ in 0..ROUNDS {
        let grown = |target: &Target| {
            target
                .refers
                .iter()
                .fold(target.size, |sum, (&other, &times)| sum.saturating_add(times.saturating_mul(sizes[other])))
        };
        let next: Vec<u64> = targets.iter().map(grown).collect();
        if next[0] > MOST {
            return Err(too_large());
        }
        if next == sizes {
            return Ok(());
        }
        sizes = next;
    }
    Err(Words::both(
        format!("has references to references {ROUNDS} times: simplify it, or save it as PNG"),
        format!("引用嵌套达 {ROUNDS} 层：请简化，或存为 PNG"),
    ))
}

fn name<'a>(node: &Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// The elements that a value names, as `url(#id)`.
fn named(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches([' ', '"', '\'']).strip_prefix('#')?;
        rest.split([')', '"', '\'']).next().map(str::trim)
    })
}

/// What style sheets name, by the class that it is for; for every element under the empty name.
fn styled<'a>(document: &'a Document) -> HashMap<&'a str, Vec<&'a str>> {
    let mut of_classes: HashMap<&str, Vec<&str>> = HashMap::new();
    let sheets = document.descendants().filter(|node| node.tag_name().name() == "style").filter_map(|node| node.text());
    for (selector, body) in sheets.flat_map(|sheet| sheet.split('}')).filter_map(|rule| rule.split_once('{')) {
        let classes: Vec<&str> = selector
            .split('.')
            .skip(1)
            .filter_map(|class| class.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').next())
            .collect();
        for class in if classes.is_empty() { vec![""] } else { classes } {
            of_classes.entry(class).or_default().extend(named(body));
        }
    }
    of_classes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_is_fine(shapes: &str) -> bool {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg'>{shapes}</svg>");
        Document::parse(&text).is_ok_and(|document| check(&document).is_ok())
    }

    #[test]
    fn what_grows_by_references_is_refused_and_what_is_plain_is_not() {
        let nest = |element: &dyn Fn(usize) -> String| (0..8).map(element).collect::<String>();
        let by_use = nest(&|i| format!("<g id='a{}'>{}</g>", i + 1, format!("<use href='#a{i}'/>").repeat(10)));
        let by_pattern = nest(&|i| {
            format!("<pattern id='a{}'>{}</pattern>", i + 1, format!("<rect fill='url(#a{i})'/>").repeat(10))
        });
        let by_class = nest(&|i| {
            let style = format!("<style>.c{i}{{fill:url(#a{i})}}</style>");
            format!("{style}<pattern id='a{}'>{}</pattern>", i + 1, format!("<rect class='c{i}'/>").repeat(10))
        });
        let in_a_circle = "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>".to_owned();
        let deep = format!("{}{}", "<g>".repeat(100), "</g>".repeat(100));
        let slow = "<filter id='f'><feTurbulence numOctaves='1000000000'/></filter>".to_owned();
        for shapes in [by_use, by_pattern, by_class, in_a_circle, deep, slow] {
            assert!(!size_is_fine(&shapes), "{shapes}");
        }
        let used = format!("<g id='a'><path d='M0 0'/></g>{}", "<use href='#a'/>".repeat(5_000));
        let filled = "<linearGradient id='g'/><style>.x{fill:url(#g)}</style><rect class='x'/>".repeat(2_000);
        let blurred = format!("<filter id='f'><feGaussianBlur/></filter>{}", "<rect filter='url(#f)'/>".repeat(200));
        for shapes in [used, filled, blurred] {
            assert!(size_is_fine(&shapes));
        }
    }
}
