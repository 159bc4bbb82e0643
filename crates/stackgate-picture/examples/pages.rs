//! Writes the pages and pictures that the browser's tests look at: `cargo run --example pages DIR`.
//!
//! What must hold: they are made by the same code as those of users.
#![allow(clippy::unwrap_used, reason = "a chore stops where it cannot go on")]

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::Path;

use stackgate_picture::{Page, Picture, html, mermaid, svg};

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let write = |name: &str, text: String| std::fs::write(Path::new(&folder).join(name), text).unwrap();
    for (name, repositories, stacks, environments, findings) in
        [("small", 4, 2, 2, 0), ("fifty", 5, 5, 4, 20), ("large", 66, 15, 8, 300)]
    {
        let declared = sample::declared(repositories, stacks, environments);
        let picture = Picture::of(&declared, Some(&sample::drifted(&declared)));
        let (report, timeline) = (sample::report(findings), sample::timeline(90));
        let page = Page { picture: &picture, report: Some(&report), timeline: Some(&timeline) };
        write(&format!("{name}.html"), html(&page));
        write(&format!("{name}.svg"), svg(&picture));
        write(&format!("{name}.mmd"), mermaid(&picture));
    }
    let (picture, report, timeline) = sample::hostile();
    write("hostile.html", html(&Page { picture: &picture, report: Some(&report), timeline: Some(&timeline) }));
    write("hostile.svg", svg(&picture));
    write("hostile.mmd", mermaid(&picture));
    let declared = sample::declared(2, 2, 2);
    let picture = Picture::of(&declared, None);
    write("declared.html", html(&Page { picture: &picture, report: None, timeline: None }));
    write("declared.svg", svg(&picture));
    write("declared.mmd", mermaid(&picture));
}
