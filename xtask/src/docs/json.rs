//! The page of JSON shapes, from the types that are printed.

use super::{GENERATED, schema};

pub(crate) fn page() -> String {
    let mut out = format!("# JSON shapes\n\n{GENERATED}\n");
    for (command, value) in [("check", stackgate::check_schema()), ("pins list", stackgate::pins_schema())] {
        out.push_str(&format!("\n## `stackgate {command} --format json`\n\n"));
        schema::table(&mut out, &value, &value);
        for (name, definition) in value["$defs"].as_object().into_iter().flatten() {
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
