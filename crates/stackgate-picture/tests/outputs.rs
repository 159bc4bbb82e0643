//! What is written: every name is in it, nothing meets, nothing of a user opens anything.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with a place")]

mod sample;

use indexmap::IndexMap;
use stackgate_picture::{Mark, Page, Picture, html, mermaid, svg};

fn page(picture: &Picture) -> String {
    html(&Page { picture, report: Some(&sample::report(10)), timeline: Some(&sample::timeline(90)) })
}

/// All that stands between tags, and in attributes, of a page or picture.
fn tags(text: &str) -> Vec<&str> {
    text.split('<').skip(1).map(|part| part.split(|c: char| c == '>' || c.is_whitespace()).next().unwrap()).collect()
}

#[test]
fn every_name_is_on_the_page() {
    let declared = sample::declared(70, 4, 4);
    let picture = Picture::of(&declared, Some(&sample::drifted(&declared)));
    let page = page(&picture);
    for node in &picture.nodes {
        assert!(page.contains(&node.name), "{}", node.name);
    }
    for mark in Mark::DIFFERENCES {
        assert!(page.contains(mark.words()));
    }
}

#[test]
fn boxes_of_a_picture_never_meet() {
    for (repositories, stacks, environments) in [(1, 1, 0), (2, 3, 4), (5, 5, 4), (9, 30, 12)] {
        let declared = sample::declared(repositories, stacks, environments);
        let drawn = html(&Page {
            picture: &Picture::of(&declared, Some(&sample::drifted_or_same(&declared))),
            report: None,
            timeline: None,
        });
        for picture in drawn.split("<svg class=\"sg").skip(1).filter(|part| part.contains("<rect")) {
            let picture = picture.split("</svg>").next().unwrap();
            let number = |rect: &str, key: &str| -> f64 {
                rect.split(&format!(" {key}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
            };
            let rects: Vec<[f64; 4]> = picture
                .split("<rect")
                .skip(1)
                .map(|rect| ["x", "y", "width", "height"].map(|key| number(rect, key)))
                .collect();
            for (at, one) in rects.iter().enumerate() {
                for other in &rects[at + 1..] {
                    let apart = |axis: usize| {
                        one[axis] + one[axis + 2] <= other[axis] || other[axis] + other[axis + 2] <= one[axis]
                    };
                    assert!(apart(0) || apart(1), "{one:?} {other:?}");
                }
                assert!(one[0] >= 0.0 && one[1] >= 30.0, "{one:?}");
            }
        }
    }
}

#[test]
fn no_name_opens_anything() {
    let (picture, report, timeline) = sample::hostile();
    let page = html(&Page { picture: &picture, report: Some(&report), timeline: Some(&timeline) });
    let known = [
        "!DOCTYPE", "a", "b", "body", "br", "button", "dd", "desc", "details", "div", "footer", "form", "g", "h1",
        "h2", "head", "header", "html", "input", "label", "li", "main", "meta", "nav", "option", "output", "p", "path",
        "rect", "script", "section", "select", "small", "span", "style", "summary", "svg", "table", "tbody", "td",
        "text", "th", "thead", "title", "tr", "tspan", "ul",
    ];
    for text in [&page, &svg(&picture)] {
        // The script is ours, and the one place where `<` is no tag.
        let outside = text.split("<script>").next().unwrap();
        for tag in tags(outside) {
            assert!(known.contains(&tag.trim_start_matches('/').trim_end_matches('/')), "{tag}");
        }
        for bad in ['\u{202e}', '\u{200b}', '\u{0}', '\u{7}'] {
            assert!(!text.contains(bad));
        }
        assert!(!outside.contains("<img") && !outside.contains("##vso[") && !outside.contains("\n::"));
    }
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert_eq!(page.matches("<style>").count(), 1);
    let drawn = mermaid(&picture);
    for bad in ["<img", "<script", "javascript:", "%%{", "`", "click ", "##", "\u{202e}"] {
        let lines: Vec<&str> = drawn.lines().filter(|line| line.contains(bad)).collect();
        assert!(lines.iter().all(|line| bad == "click " && line.contains('"')), "{bad}: {lines:?}");
    }
    // A quote is ours alone: two a text.
    for line in drawn.lines() {
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
        assert!(line.starts_with("flowchart LR") || line.starts_with("  "), "{line}");
    }
}

#[test]
fn the_page_may_load_nothing() {
    let declared = sample::declared(3, 2, 2);
    let page = page(&Picture::of(&declared, None));
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for bad in
        ["src=", "url(", "@import", "http-equiv=\"refresh", "unsafe-", " style=\"", " onclick", "fetch(", "import("]
    {
        assert!(!page.contains(bad), "{bad}");
    }
    // Links stay on the page.
    assert!(page.split("href=\"").skip(1).all(|link| link.starts_with('#')));
}

#[test]
fn large_ones_stay_small_enough() {
    let declared = sample::declared(66, 15, 8);
    let picture = Picture::of(&declared, Some(&sample::drifted(&declared)));
    let page = page(&picture);
    assert!(page.len() < 3_000_000, "{}", page.len());
    let drawn = mermaid(&picture);
    assert!(drawn.len() < 50_000 && drawn.matches("->").count() + drawn.matches("=>").count() < 500);
    assert!(drawn.contains("more parts: the page in HTML has them all"));
    assert!(svg(&picture).contains("more parts are not shown"));
}

#[test]
fn a_team_that_reads_everything_is_drawn_with_few_boxes() {
    let mut declared = sample::declared(66, 4, 2);
    let mut readers = declared.teams["operators"].clone();
    readers.stacks = declared.stacks.keys().map(|name| (name.clone(), stackgate_plan::StackPermission::Read)).collect();
    declared.teams.insert("readers".into(), readers);
    let page = page(&Picture::of(&declared, None));
    assert!(!page.contains("too many for a picture"));
    assert!(page.contains("name its own teams alone") && page.contains("264 stacks, production"));
    // Elsewhere it is named.
    assert!(page.contains("read · readers"));
}

#[test]
fn a_thing_that_very_many_reach_is_not_drawn_but_listed() {
    let mut declared = sample::declared(1, 1, 1);
    let team = declared.teams["storefront-dev"].clone();
    let rule = |number: usize| IndexMap::from([("sub".to_owned(), format!("repo:acme/r{number}:x"))]);
    let issuer = declared.issuers.values_mut().next().unwrap();
    for number in 0..400 {
        issuer.policies.push(stackgate_trust::Policy::allow_team("everybody", rule(number)));
    }
    declared.teams.insert("everybody".into(), team);
    let page = page(&Picture::of(&declared, None));
    assert!(page.contains("too many for a picture"));
    for number in 0..400 {
        assert!(page.contains(&format!("acme/r{number}<")) || page.contains(&format!("acme/r{number},")), "{number}");
    }
}
