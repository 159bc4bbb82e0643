//! Names of repositories, services and people, such as companies have.
//!
//! What must hold: no two are the same, however many are asked for.

use super::super::random::Random;

const SERVICES: [&str; 40] = [
    "accounts",
    "addresses",
    "alerts",
    "billing",
    "bookings",
    "cards",
    "catalogue",
    "checkout",
    "claims",
    "customs",
    "delivery",
    "documents",
    "events",
    "fares",
    "forecast",
    "identity",
    "invoices",
    "ledger",
    "loyalty",
    "maps",
    "messages",
    "metering",
    "network",
    "orders",
    "payments",
    "payroll",
    "pricing",
    "profiles",
    "quotes",
    "refunds",
    "reports",
    "returns",
    "routes",
    "search",
    "shipping",
    "stock",
    "storefront",
    "tickets",
    "vouchers",
    "warehouse",
];

const PARTS: [&str; 8] = ["api", "core", "data", "edge", "jobs", "portal", "stream", "web"];

const FIRST: [&str; 40] = [
    "ada", "alan", "annie", "barbara", "bela", "clara", "cora", "dana", "edsger", "elena", "emil", "farah", "femi",
    "grace", "hana", "hedy", "ida", "ivan", "jean", "joan", "karen", "kofi", "lena", "lotfi", "mae", "mia", "nadia",
    "niklaus", "olga", "omar", "paula", "radia", "rosa", "sofia", "tarek", "tim", "uma", "vera", "wen", "yuki",
];

const LAST: [&str; 20] = [
    "abe", "berg", "cole", "diaz", "eze", "falk", "gray", "haas", "imai", "jones", "kaya", "lind", "mora", "novak",
    "okoro", "pham", "reyes", "sato", "toth", "wolf",
];

/// So many names of repositories, in the order of the seed.
pub(super) fn repositories(count: usize, random: &mut Random) -> Vec<String> {
    let plain = SERVICES.iter().map(|service| (*service).to_owned());
    let parts = PARTS.iter().flat_map(|part| SERVICES.iter().map(move |service| format!("{service}-{part}")));
    let more = (2..).flat_map(|round| SERVICES.iter().map(move |service| format!("{service}-{round}")));
    let mut names: Vec<String> = plain.chain(parts).chain(more).take(count).collect();
    random.shuffle(&mut names);
    names
}

/// So many logins, in the order of the seed.
pub(super) fn people(count: usize, random: &mut Random) -> Vec<String> {
    let plain = LAST.iter().flat_map(|last| FIRST.iter().map(move |first| format!("{first}-{last}")));
    let more = (2..).flat_map(|round| FIRST.iter().map(move |first| format!("{first}-{round}")));
    let mut names: Vec<String> = plain.chain(more).take(count).collect();
    random.shuffle(&mut names);
    names
}
