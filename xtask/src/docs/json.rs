//! The page of JSON shapes, from the types that are printed.

use super::{GENERATED, schema};

pub(crate) fn page() -> String {
    let value = stackgate::report::json_schema();
    let mut out = format!(
        "# JSON shapes\n\n{GENERATED}\n\n## `stackgate check --format json`, `stackgate trust prove --format json`\n\n"
    );
    schema::table(&mut out, &value, &value);
    if let Some(definitions) = value["$defs"].as_object() {
        for (name, definition) in definitions.iter().filter(|(_, definition)| definition["properties"].is_object()) {
            out.push_str(&format!("\n### {name}\n\n"));
            schema::table(&mut out, definition, &value);
        }
    }
    out.push_str(
        "\nA field may be added without a new version; none is changed or removed without one. `stackgate show … --json` prints \
         the plan, the matrix, the checklist and the pins in the shape of this version of stackgate, without that promise.\n",
    );
    out
}
