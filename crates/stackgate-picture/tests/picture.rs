//! What is declared, laid over what is there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic here is a failed test with a place")]

mod sample;

use stackgate_cloud::{Actual, Known};
use stackgate_picture::{Column, Mark, Page, Picture, html, mermaid, svg};

fn of(picture: &Picture, column: Column, name: &str) -> usize {
    picture
        .nodes
        .iter()
        .position(|node| node.column == column && node.name == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

fn edge(picture: &Picture, team: &str, column: Column, name: &str) -> (Mark, String, Option<String>) {
    let (from, to) = (of(picture, Column::Team, team), of(picture, column, name));
    let edge = picture.edges.iter().find(|edge| (edge.from, edge.to) == (from, to)).unwrap();
    (edge.mark, edge.label.clone(), edge.difference.clone())
}

#[test]
fn what_is_as_declared_has_no_mark() {
    let declared = sample::declared(5, 3, 4);
    let alone = Picture::of(&declared, None);
    let compared = Picture::of(&declared, Some(&sample::same(&declared)));
    for picture in [&alone, &compared] {
        for mark in Mark::DIFFERENCES {
            assert_eq!(picture.count(mark), 0, "{mark:?}");
        }
    }
    assert_eq!((&alone.nodes, &alone.edges), (&compared.nodes, &compared.edges));
    assert!(!alone.compared() && compared.compared());
}

#[test]
fn every_difference_is_marked() {
    let declared = sample::declared(4, 2, 2);
    let picture = Picture::of(&declared, Some(&sample::drifted(&declared)));
    let mark = |column, name| picture.nodes[of(&picture, column, name)].mark;
    assert_eq!(mark(Column::Team, "contractors"), Mark::ActualOnly);
    assert_eq!(mark(Column::Team, "ledger-preview"), Mark::DeclaredOnly);
    assert_eq!(mark(Column::Stack, "ledger/dev"), Mark::DeclaredOnly);
    assert_eq!(mark(Column::Stack, "scratch/mallory"), Mark::ActualOnly);
    assert_eq!(mark(Column::Identity, "old laptop"), Mark::ActualOnly);
    assert_eq!(mark(Column::Identity, "acme/*"), Mark::ActualOnly);
    let operators = &picture.nodes[of(&picture, Column::Team, "operators")];
    assert_eq!((operators.mark, operators.difference.as_deref()), (Mark::Differs, Some("undeclared members: mallory")));
    let wide = edge(&picture, "storefront-preview", Column::Stack, "storefront/dev");
    assert_eq!(wide, (Mark::Differs, "admin".into(), Some("read → admin".into())));
    let more = edge(&picture, "storefront-preview", Column::Stack, "storefront/production");
    assert_eq!(more, (Mark::ActualOnly, "write".into(), None));
    let opened = edge(&picture, "storefront-preview", Column::Environment, "storefront/production");
    assert_eq!(opened, (Mark::ActualOnly, "open".into(), None));
    let fewer = edge(&picture, "ledger-preview", Column::Stack, "ledger/dev");
    assert_eq!(fewer, (Mark::DeclaredOnly, "read".into(), None));
    let policy = picture.nodes.iter().find(|node| node.column == Column::Policy && node.mark == Mark::Differs).unwrap();
    assert_eq!(policy.difference.as_deref(), Some("ref refs/heads/main → refs/heads/*"));
    assert_eq!(picture.remarks.len(), 1);
}

#[test]
fn what_could_not_be_read_is_unknown_and_never_fine_or_missing() {
    let declared = sample::declared(2, 2, 2);
    type Forget = fn(&mut Actual);
    let cases: [(&[Column], Forget); 5] = [
        (&[Column::Stack], |actual| actual.stacks = sample::unread("/stacks")),
        (&[Column::Environment], |actual| actual.environments = sample::unread("/environments")),
        (&[Column::Team], |actual| actual.teams = sample::unread("/teams")),
        (&[Column::Policy], |actual| actual.issuers = sample::unread("/issuers")),
        (&[], |actual| actual.tokens = sample::unread("/tokens")),
    ];
    for (columns, forget) in cases {
        let mut actual = sample::same(&declared);
        forget(&mut actual);
        let picture = Picture::of(&declared, Some(&actual));
        assert!(picture.count(Mark::Unknown) > 0);
        for mark in [Mark::ActualOnly, Mark::DeclaredOnly, Mark::Differs] {
            assert_eq!(picture.count(mark), 0, "{columns:?} {mark:?}");
        }
        for node in picture.nodes.iter().filter(|node| columns.contains(&node.column)) {
            assert_eq!(node.mark, Mark::Unknown, "{}", node.name);
        }
        assert!(picture.remarks.iter().any(|remark| remark.mark == Mark::Unknown), "{columns:?}");
    }
    // Of one issuer, and of one team.
    let mut actual = sample::same(&declared);
    for issuer in sample::here(&mut actual.issuers).values_mut() {
        issuer.policies = sample::unread("/policies");
    }
    for team in sample::here(&mut actual.teams).values_mut() {
        team.members = sample::unread("/members");
        team.stacks = sample::unread("/team");
        team.environments = sample::unread("/team");
        team.tokens = sample::unread("/tokens");
    }
    let picture = Picture::of(&declared, Some(&actual));
    assert!(picture.nodes.iter().filter(|node| node.column == Column::Team).all(|node| node.mark == Mark::Unknown));
    assert!(picture.nodes.iter().filter(|node| node.column == Column::Policy).all(|node| node.mark == Mark::Unknown));
    assert!(picture.edges.iter().all(|edge| edge.mark == Mark::Unknown));
    assert!(matches!(actual.stacks, Known::Here(_)));
}

#[test]
fn defaults_are_told() {
    let declared = sample::declared(1, 1, 1);
    let mut actual = sample::same(&declared);
    let defaults = sample::here(&mut actual.defaults);
    defaults.stacks = stackgate_cloud::StackLevel::Write;
    defaults.members_can.create_stacks = true;
    let picture = Picture::of(&declared, Some(&actual));
    let texts: Vec<&str> = picture.remarks.iter().map(|remark| remark.text.as_str()).collect();
    let expected = [
        "Every member and every team token has write on every stack; declared is nothing.",
        "Every member may create stacks; declared is that they may not.",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn the_order_in_which_it_was_said_changes_nothing() {
    let declared = sample::declared(5, 3, 4);
    let actual = sample::drifted(&declared);
    let mut turned = actual.clone();
    sample::here(&mut turned.teams).reverse();
    sample::here(&mut turned.stacks).reverse();
    sample::here(&mut turned.environments).reverse();
    sample::here(&mut turned.issuers).reverse();
    let (one, other) = (Picture::of(&declared, Some(&actual)), Picture::of(&declared, Some(&turned)));
    assert_eq!(one, other);
    let page = |picture| html(&Page { picture, report: None, timeline: None });
    assert_eq!(page(&one), page(&other));
    assert_eq!((svg(&one), mermaid(&one)), (svg(&other), mermaid(&other)));
}
