//! The forms of pictures, and of what a review prints: a report, or a picture.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::Format;

/// The form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PictureFormat {
    /// A page with the picture, the findings and the logs, which loads nothing
    Html,
    /// The picture alone
    Svg,
    /// The picture as a flowchart for a README, without a fence
    Mermaid,
}

/// What a review prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewFormat {
    /// A report.
    Report(Format),
    /// A picture.
    Picture(PictureFormat),
}

impl ValueEnum for ReviewFormat {
    fn value_variants<'a>() -> &'a [ReviewFormat] {
        const {
            &[
                ReviewFormat::Report(Format::Text),
                ReviewFormat::Report(Format::Json),
                ReviewFormat::Report(Format::Sarif),
                ReviewFormat::Report(Format::Junit),
                ReviewFormat::Report(Format::Gitlab),
                ReviewFormat::Report(Format::Github),
                ReviewFormat::Report(Format::Azure),
                ReviewFormat::Report(Format::Markdown),
                ReviewFormat::Picture(PictureFormat::Html),
                ReviewFormat::Picture(PictureFormat::Svg),
                ReviewFormat::Picture(PictureFormat::Mermaid),
            ]
        }
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            ReviewFormat::Report(format) => format.to_possible_value(),
            ReviewFormat::Picture(format) => format.to_possible_value(),
        }
    }
}
