//! The macros and the reader together: what is read, what is said, what the schema promises.

use indexmap::IndexMap;
use serde_json::json;

use crate::{Limits, Located, Node, Read, Switch, Table, choice, parse, read};

choice! {
    /// The posture.
    enum Tier {
        /// No gate.
        Development = "development",
        /// A gate.
        Production = "production",
    }
}

choice! {
    enum Bare { A = "a", B = "b" }
}

mapping! {
    /// Who deploys,
    /// and how.
    ///
    /// Lists:
    /// - one
    /// - two
    #[derive(PartialEq)]
    #[shorthand = team]
    struct Deploy {
        /// The team.
        team: Located<String>,
        timeout: Option<u32>,
    }
}

mapping! {
    /// A stack.
    struct Stack {
        /// The posture.
        tier: Option<Located<Tier>>,
        after: Option<Vec<Located<String>>>,
        deploy: Option<Switch<Deploy>>,
        #[key = "type"]
        kind: Option<bool>,
        bare: Option<Bare>,
    }
}

mapping! {
    struct Spec {
        version: u64,
        stacks: Table<Stack>,
        labels: Option<IndexMap<String, String>>,
        options: Option<Node>,
        inner: Option<Box<Spec>>,
    }
}

fn good<T: Read>(text: &str) -> T {
    let (value, diagnostics) = read::<T>(&parse(text, &Limits::SPEC).unwrap());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    value.unwrap()
}

/// Each diagnostic as rule, text at the span, message; with label and help where asked.
fn bad<T: Read>(text: &str) -> Vec<(&'static str, &str, String)> {
    let (value, diagnostics) = read::<T>(&parse(text, &Limits::SPEC).unwrap());
    assert!(value.is_none());
    diagnostics
        .into_iter()
        .map(|d| (d.rule.id, d.span.map_or("", |span| &text[span.start..span.end]), d.message))
        .collect()
}

#[test]
fn everything_is_read() {
    let spec: Spec = good(
        "version: 1\nstacks:\n  dev: { tier: development, after: [a, 1.10], type: true }\n  prod: { deploy: ops, bare: b }\n  off: { deploy: false }\nlabels: { x: 1 }\noptions: [any, thing]\ninner: { version: 2, stacks: {} }\n",
    );
    assert_eq!(spec.version, 1);
    assert_eq!(spec.stacks.keys().collect::<Vec<_>>(), ["dev", "prod", "off"]);
    let dev = spec.stacks.get("dev").unwrap();
    assert_eq!(dev.tier.as_deref(), Some(&Tier::Development));
    assert_eq!(dev.after.as_ref().unwrap()[1].value, "1.10");
    assert_eq!((dev.kind, dev.bare), (Some(true), None));
    let prod = spec.stacks.get("prod").unwrap();
    assert_eq!(prod.deploy.as_ref().unwrap().on().unwrap().team.value, "ops");
    assert_eq!(prod.bare, Some(Bare::B));
    assert!(spec.stacks.get("off").unwrap().deploy.as_ref().unwrap().is_off());
    assert_eq!(spec.labels.unwrap()["x"], "1");
    assert_eq!(spec.options.unwrap().kind(), "a list");
    assert_eq!(spec.inner.unwrap().version, 2);
    let (_, key, _) = spec.stacks.iter().next().unwrap();
    assert_eq!((key.start, key.end), (21, 24));
    assert_eq!(spec.span.start, 0);
    let deploy: Deploy = good("{ team: ops, timeout: 5 }");
    assert_eq!(deploy.timeout, Some(5));
    assert_eq!(Tier::Production.to_string(), "production");
}

#[test]
fn every_mistake_is_told_once() {
    let text = "verison: 1\nstacks:\n  dev: { teir: x, tier: prod, after: [[], b], type: yes }\n  prod: { deploy: true }\n  x:\nlabels: [a]\nfoo: 1\n";
    let found = bad::<Spec>(text);
    let expected = [
        ("unknown-key", "verison", "unknown key `verison`"),
        ("unknown-key", "teir", "unknown key `teir` in `stacks.dev`"),
        ("unknown-value", "prod", "`stacks.dev.tier`: unknown value `prod`"),
        ("wrong-type", "[]", "`stacks.dev.after[0]`: expected text, found a list"),
        ("wrong-type", "yes", "`stacks.dev.type`: expected true or false, found text"),
        ("wrong-type", "true", "`stacks.prod.deploy`: `true` does not say what is wanted"),
        ("wrong-type", "x", "`stacks.x`: expected a mapping, found nothing"),
        ("wrong-type", "[a]", "`labels`: expected a mapping, found a list"),
        ("unknown-key", "foo", "unknown key `foo`"),
    ];
    let found: Vec<_> = found.iter().map(|(r, t, m)| (*r, *t, m.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn labels_and_help() {
    let say = |text: &str| {
        let (_, all) = read::<Stack>(&parse(text, &Limits::SPEC).unwrap());
        let first = all.into_vec().remove(0);
        (first.label.unwrap_or_default(), first.help.unwrap_or_default())
    };
    assert_eq!(
        say("teir: x"),
        ("did you mean `tier`?".into(), "the keys here are `tier`, `after`, `deploy`, `type`, `bare`".into())
    );
    assert_eq!(
        say("tier: Production"),
        ("did you mean `production`?".into(), "write one of `development`, `production`".into())
    );
    assert_eq!(say("after:"), (String::new(), "write `[]` for an empty list".into()));
    assert_eq!(say("deploy:"), (String::new(), "write `{}` for an empty mapping".into()));
    assert_eq!(say("type: yes"), (String::new(), "write `true` or `false`, without quotes".into()));
}

#[test]
fn keys_that_are_missing() {
    let text = "inner: { version: 1 }\n";
    let whole = text.trim_end();
    let expected = [
        ("missing-key", "inner", "missing key `stacks` in `inner`".into()),
        ("missing-key", whole, "missing key `version`".into()),
        ("missing-key", whole, "missing key `stacks`".into()),
    ];
    assert_eq!(bad::<Spec>(text), expected);
    assert_eq!(bad::<Deploy>("{}")[0].0, "missing-key");
    assert_eq!(bad::<Deploy>("[]")[0].2, "expected text or a mapping, found a list");
}

#[test]
fn numbers_and_text() {
    assert_eq!(bad::<u32>("4294967296")[0].2, "expected a whole number from 0 to 4294967295, found a number");
    assert_eq!(bad::<u64>("'1'")[0].2, "expected a whole number from 0 to 18446744073709551615, found text");
    assert_eq!(bad::<String>("~")[0].2, "expected text, found nothing");
    assert_eq!(bad::<Tier>("{}")[0].2, "expected one of `development`, `production`, found a mapping");
    assert_eq!(good::<String>("true"), "true");
}

#[test]
fn hostile_keys_are_shown_safely() {
    let token = format!("pul-{}", "a1".repeat(20));
    let text = format!("{token}: x\n\"a\\tb\": x\n");
    let found = bad::<Table<bool>>(&text);
    assert_eq!(found[0].2, "`pul-[redacted]`: expected true or false, found text");
    assert_eq!(found[1].2, "`a\\tb`: expected true or false, found text");
}

#[test]
fn schema_says_what_the_reader_accepts() {
    let schema = schemars::schema_for!(Stack).to_value();
    let expected = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack",
        "type": "object",
        "properties": {
            "tier": { "$ref": "#/$defs/Tier", "description": "The posture." },
            "after": { "type": "array", "items": { "type": "string" } },
            "deploy": { "oneOf": [
                { "const": false, "description": "Switches it off." },
                { "$ref": "#/$defs/Deploy" },
            ] },
            "type": { "type": "boolean" },
            "bare": { "$ref": "#/$defs/Bare" },
        },
        "additionalProperties": false,
        "description": "A stack.",
        "$defs": {
            "Tier": {
                "description": "The posture.",
                "type": "string",
                "oneOf": [
                    { "const": "development", "description": "No gate." },
                    { "const": "production", "description": "A gate." },
                ],
            },
            "Deploy": {
                "anyOf": [
                    { "type": "string", "description": "The team." },
                    {
                        "type": "object",
                        "properties": {
                            "team": { "type": "string", "description": "The team." },
                            "timeout": { "type": "integer", "format": "uint32", "minimum": 0 },
                        },
                        "required": ["team"],
                        "additionalProperties": false,
                    },
                ],
                "description": "Who deploys, and how.\n\nLists:\n- one\n- two",
            },
            "Bare": { "type": "string", "enum": ["a", "b"] },
        },
    });
    assert_eq!(schema, expected);
    let spec = schemars::schema_for!(Spec).to_value();
    assert_eq!(spec["required"], json!(["version", "stacks"]));
    assert_eq!(
        spec["properties"]["stacks"],
        json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/Stack" } })
    );
    assert_eq!(spec["properties"]["options"], json!(true));
    assert_eq!(spec["properties"]["inner"], json!({ "$ref": "#" }));
}
