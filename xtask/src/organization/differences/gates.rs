//! Differences of the gates before ESC environments.

use serde_json::{Value, json};
use stackgate_cloud_fixtures::id;

use super::{Kind, Plot, kind, words};

pub(super) const KINDS: &[Kind] = &[
    kind("gate-removed", "gate-missing", "missing", "high", |plot| {
        let name = plot.production_environment()?;
        plot.world.gates.retain(|gate| gate["target"]["qualifiedName"] != *name);
        gated(plot, &name, json!([]))?;
        words([&format!("`{name}`"), "no gate"])
    }),
    kind("gate-off", "gate-missing", "missing", "high", |plot| {
        let place = change(plot, "switched off", |gate| gate["enabled"] = json!(false))?;
        let name = place.first()?.trim_matches('`').to_owned();
        gated(plot, &name, json!([]))?;
        Some(place)
    }),
    kind("gate-self-approval", "gate-weaker", "widened", "high", |plot| {
        change(plot, "asks for less", |gate| gate["rule"]["allowSelfApproval"] = json!(true))
    }),
    kind("gate-no-approval", "gate-weaker", "widened", "high", |plot| {
        change(plot, "asks for less", |gate| gate["rule"]["numApprovalsRequired"] = json!(0))
    }),
    kind("gate-approvers", "gate-weaker", "widened", "high", |plot| {
        let others = json!([{ "eligibilityType": "has_permission_on_target", "permission": "environment:open" }]);
        change(plot, "asks for less", |gate| gate["rule"]["eligibleApprovers"] = others)
    }),
    kind("gate-not-declared", "gate-not-declared", "not-declared", "low", |plot| {
        let name = plot.production_environment()?;
        let own = plot.world.gates.iter().find(|gate| gate["target"]["qualifiedName"] == *name)?;
        let mut gate = own.clone();
        gate["id"] = json!(id(&format!("gate of opening {name}")));
        gate["name"] = json!(format!("ask before opening {name}"));
        gate["target"]["actionTypes"] = json!(["open"]);
        plot.world.gates.push(gate);
        gated(plot, &name, json!(["open", "update"]))?;
        words([&format!("`{name}`"), "ask before opening"])
    }),
];

fn change(plot: &mut Plot<'_>, what: &str, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
    let name = plot.production_environment()?;
    change(plot.world.gates.iter_mut().find(|gate| gate["target"]["qualifiedName"] == *name)?);
    words([&format!("`{name}`"), what])
}

/// What the environment's own metadata says of its gates.
fn gated(plot: &mut Plot<'_>, name: &str, actions: Value) -> Option<()> {
    plot.world.metadata_of.get_mut(name)?["gatedActions"] = actions;
    Some(())
}
