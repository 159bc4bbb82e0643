//! A picture of access: who can get which token from where, and what it reaches; as HTML, SVG and Mermaid.
//!
//! What must hold: what is declared and what is there are laid over each other, and every difference is marked, by a sign
//! and a pattern besides a colour; what could not be read is never drawn as fine. The same picture gives the same bytes. No
//! text of a user opens a tag, a script, a style or a link; no output loads anything from elsewhere.
//!
//! Deliberately absent: judgement. What a difference is worth is said by whoever made the report; here are only places.

mod boxes;
mod build;
mod drawing;
mod escape;
mod fit;
mod html;
mod layout;
mod mermaid;
mod model;
mod scenes;
mod svg;
mod timeline;

pub use html::{Page, html};
pub use mermaid::mermaid;
pub use model::{Column, Edge, Mark, Node, Picture, Remark};
pub use svg::svg;
pub use timeline::{Day, Timeline};
