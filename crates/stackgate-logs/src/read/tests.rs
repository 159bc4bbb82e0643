//! What each reader gives, whole and cut off at every byte.

use super::*;

const JSON: &str = r#"{
  "auditLogEvents": [
    {"timestamp": 10, "event": "stack-update-started", "description": "a \"]}[{\" b", "sourceIP": "::1", "user": {"name": "A", "githubLogin": "a"}},
    {"timestamp": 9, "event": "user-login", "description": "", "sourceIP": "", "user": {"name": "B", "githubLogin": "b"}, "tokenName": "t"}
  ],
  "continuationToken": "x{["
}
"#;

const CSV: &str = "Timestamp,Name,Login,Event,Description,SourceIP,RequireOrgAdmin,RequireStackAdmin,AuthenticationFailure\n\
    2021-04-11T23:51:45Z,First Last,user1,Member Role Changed,\"Changed role for \"\"user2\"\" to admin\",192.0.2.1,true,false,false\n\
    1618175392,F,user1,secret-decrypted,\"one,\ntwo\",192.0.2.1,false,false,true\n";

const CEF: &str = concat!(
    "Feb 14 14:53:01 api.pulumi.com CEF:0|Pulumi|Pulumi Service|1.0|User Login|User \"ada\" logged in \\| out.|0|",
    "authenticationFailure=false dvchost=api.pulumi.com orgID=b requireOrgAdmin=false rt=1676386381000 src=192.0.2.7 ",
    "suser=ada tokenID= tokenName=of a\\=b and c userID=d\n",
    "Feb 14 14:51:47 api.pulumi.com CEF:0|Pulumi|Pulumi Service|1.0|Secret Decrypted|x|0|authenticationFailure=true ",
    "rt=1676386307000 src=192.0.2.8 suser=grace tokenName= userID=e\n",
);

/// What a reader says: each event on a line, then the troubles.
fn all(text: &[u8], chunk: usize) -> (Vec<String>, Read) {
    let mut events = Vec::new();
    let mut input = io::BufReader::with_capacity(chunk, text);
    let read = read(&mut input, &mut |event| {
        let Event { timestamp, slug, login, description, ip, token, refused, .. } = event;
        events.push(format!("{timestamp} {slug} {login} {ip} {token} {refused} {description}"));
    });
    (events, read.unwrap())
}

#[test]
fn each_format_gives_its_events() {
    let (events, read) = all(JSON.as_bytes(), 8192);
    assert_eq!(events, ["10 stack-update-started a ::1  false a \"]}[{\" b", "9 user-login b  t false "]);
    assert!(read.is_whole() && read.format == Some(Format::Json));
    let (events, read) = all(CSV.as_bytes(), 8192);
    assert_eq!(
        events,
        [
            "1618185105 member-role-changed user1 192.0.2.1  false Changed role for \"user2\" to admin",
            "1618175392 secret-decrypted user1 192.0.2.1  true one,\ntwo",
        ]
    );
    assert!(read.is_whole() && read.format == Some(Format::Csv));
    let (events, read) = all(CEF.as_bytes(), 8192);
    assert_eq!(
        events,
        [
            "1676386381 user-login ada 192.0.2.7 of a=b and c false User \"ada\" logged in | out.",
            "1676386307 secret-decrypted grace 192.0.2.8  true x",
        ]
    );
    assert!(read.is_whole() && read.format == Some(Format::Cef), "{read:?}");
}

#[test]
fn json_may_be_written_in_every_way() {
    let one = r#"{"timestamp":1,"event":"user-login"}"#;
    let page =
        format!(r#"{{"path":"/x","status":200,"body":{{"continuationToken":"","auditLogEvents":[{one},{one}]}}}}"#);
    for (text, count) in [
        (format!("{one}\n{one}\n"), 2),
        (format!("[{one},{one}]"), 2),
        (format!("{page}\n{page}"), 4),
        (format!("[{page},{page},{one}]"), 5),
        ("{\"auditLogEvents\":[]}".to_owned(), 0),
        (format!("\u{feff}{one}"), 1),
    ] {
        let (events, read) = all(text.as_bytes(), 8192);
        assert_eq!((events.len(), &read.troubles), (count, &vec![]), "{text}");
    }
}

#[test]
fn how_much_is_read_at_once_changes_nothing() {
    for text in [JSON, CSV, CEF] {
        let whole = all(text.as_bytes(), 8192);
        for chunk in [120, 131, 257] {
            assert_eq!(all(text.as_bytes(), chunk), whole);
        }
    }
}

#[test]
fn a_log_that_is_cut_off_gives_what_stands_before_and_says_so() {
    for (text, begin) in [(JSON, 30), (CSV, 140), (CEF, 60)] {
        let (whole, _) = all(text.as_bytes(), 8192);
        for end in begin..text.len() - 1 {
            let (events, read) = all(&text.as_bytes()[..end], 8192);
            assert!(whole.starts_with(&events), "{end} of {text}\n{events:?}");
            // A line may end where it was cut off; what stands there is whole then.
            assert!(
                events.len() == whole.len()
                    || !read.is_whole()
                    || text[end..].starts_with('\n')
                    || ends_well(text, end),
                "{end} of {text}"
            );
        }
    }
}

/// Whether what was cut off at that byte is a log by itself: it ends with a record.
fn ends_well(text: &str, end: usize) -> bool {
    text[..end].ends_with('\n')
        || (text.starts_with("Feb") && text[..end].rsplit('\n').next().unwrap_or("").contains("userID="))
}

#[test]
fn what_is_wrong_is_told_once_with_its_place_and_the_rest_is_read() {
    let text = "{\"timestamp\":1,\"event\":\"a\"}\n{\"timestamp\":\"x\",\"event\":\"a\"}\n{\"timestamp\":2,\"event\":\"b\"}\n{\"timestamp\":\"y\",\"event\":\"a\"}\n";
    let (events, read) = all(text.as_bytes(), 8192);
    assert_eq!(events.len(), 2);
    assert_eq!((read.troubles.len(), read.troubles[0].line), (2, 2), "{:?}", read.troubles);
    let (events, read) = all(b"Timestamp,Login\n1,a\n", 8192);
    assert_eq!((events.len(), read.troubles[0].line), (0, 1));
    for text in ["hello\n", "\x1f\u{8b}", "{\"timestamp\":1,\"event\":\"a\"} x"] {
        assert!(!all(text.as_bytes(), 8192).1.is_whole(), "{text}");
    }
    assert_eq!(all(b"", 8192).1, Read::default());
}

#[test]
fn an_event_without_an_end_takes_no_memory() {
    let long = "x".repeat(3 * MOST);
    let head = CSV.lines().next().unwrap();
    for text in [
        format!("{{\"a\":\"{long}\"}}\n{{\"timestamp\":1,\"event\":\"a\"}}"),
        format!("{head}\n\"{long}"),
        format!("CEF:{long}\n{CEF}"),
    ] {
        let (_, read) = all(text.as_bytes(), 8192);
        assert!(!read.is_whole());
    }
}
