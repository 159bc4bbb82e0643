//! The page of JSON shapes, from the types that are printed.

use super::{GENERATED, schema};

pub(crate) fn page() -> String {
    let mut out = format!("# JSON shapes\n\n{GENERATED}\n");
    let report = "`stackgate check --format json`, `stackgate trust prove --format json`";
    for (title, value) in
        [(report, stackgate::report::json_schema()), ("`stackgate pins list --format json`", stackgate::pins_schema())]
    {
        out.push_str(&format!("\n## {title}\n\n"));
        schema::table(&mut out, &value, &value);
        let definitions = value["$defs"].as_object().into_iter().flatten();
        for (name, definition) in definitions.filter(|(_, definition)| definition["properties"].is_object()) {
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
