//! What an adapter for a CI system is, and what adapters share: the template engine with its escaping, the reviewed
//! shell, artifacts with their marker, and the model that a pipeline is read back into.
//!
//! What must hold: an adapter depends on this crate alone among ours, and sees the plan, never the spec. Deliberately
//! absent: any provider's words, and any access to disk or terminal.

mod artifact;
mod claims;
mod control;
mod engine;
mod gathering;
mod groovy;
mod indent;
mod jwks;
mod pipeline;
mod provider;
mod readback;
mod reading;
mod rules;
mod scalar;
mod scripts;
mod settings;
mod shell;

pub use artifact::{Artifact, Comment, Marker, body_of, marker_of, normalise};
pub use claims::{
    Admission, ClaimRule, Claims, Issued, Missing, Situation, Token, Trust, TrustedIssuer, fault_of_issuer,
};
pub use control::{Control, Support};
pub use engine::{Engine, RenderError, Syntax};
pub use gathering::{Gathering, MOST_FILES, Taking, canonical};
pub use groovy::literal as groovy_literal;
pub use indexmap;
pub use jwks::{JWKS_KEY, JWKS_KEYS, JWKS_PRIVATE, KeySet, fault_of_key_set};
pub use pipeline::{Event, File, Job, Lock, Observed, Pipeline, Realised, Step, Uses};
pub use provider::{Adapter, CheckItem, Detection, OptionLine, Place, Provider, Repository};
pub use readback::{ReadBackError, compare};
pub use reading::{Keys, Reading, dedent};
pub use rules::{ARTIFACT_TOO_LARGE, GATE_NOT_IN_CLAIMS, IMAGE_UNPINNED, ISSUER_URL, TRUST_ID_MISSING};
pub use scalar::yaml_scalar;
pub use scripts::{Prepared, Script, Scripts};
pub use settings::{CiEnvironment, CiEnvironmentKind, CiProtection, CiSettings};
pub use shell::{digest, role_of, text_of, token_of};
pub use stackgate_diagnostic as diagnostic;
pub use stackgate_facts as facts;
pub use stackgate_plan as plan;
pub use stackgate_templates as templates;
pub use stackgate_yaml as yaml;
