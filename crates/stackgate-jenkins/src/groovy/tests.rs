//! What the reader of Jenkinsfiles promises: forms and their one spelling, faults with a place, limits, strictness.

#![allow(clippy::unwrap_used, reason = "a panic in a test is a failed test")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::parser::{MOST_BYTES, Tree};
use super::token::Quote;
use super::walk::{Node, walk};
use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/groovy")
}

/// The blocks of a data file: its lines up to the next `----`.
fn blocks(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    text.split("\n----\n").map(|block| block.trim_end_matches('\n').to_owned()).collect()
}

fn spelled(tree: &Tree) -> String {
    tree.statements.iter().map(Statement::canonical).collect::<Vec<_>>().join("; ")
}

fn canonical(text: &str) -> String {
    parse(text).unwrap().iter().map(Statement::canonical).collect::<Vec<_>>().join("; ")
}

/// Every node lies within its text, on the borders of characters.
fn sound(text: &str) -> Tree {
    let tree = read(text);
    walk(&tree.statements, &mut |node| {
        let span = match node {
            Node::Statement(statement) => statement.span(),
            Node::Expression(expression) => expression.span,
        };
        assert!(text.get(span.start..span.end).is_some_and(|said| !said.is_empty()), "{span:?} in {text}");
    });
    for fault in &tree.faults {
        assert!(text.get(fault.span.start..fault.span.end).is_some(), "{fault:?} in {text}");
    }
    let _ = spelled(&tree);
    tree
}

/// The names of all methods that are called, with the number of their arguments, sorted.
fn calls(tree: &Tree) -> String {
    let mut found = Vec::new();
    walk(&tree.statements, &mut |node| {
        let Node::Expression(Expression { kind: Kind::Call(call), .. }) = node else { return };
        let named = |argument: &&super::tree::Argument| argument.name.is_some() || argument.key.is_some();
        let names = call.arguments.iter().filter(named).count();
        let count = call.arguments.len() - names + usize::from(names > 0) + usize::from(call.block.is_some());
        match call.name.rsplit('.').next() {
            Some("call") | None => {}
            Some(name) => found.push(format!("{name}/{count}")),
        }
    });
    found.sort();
    found.join(" ")
}

#[test]
fn forms_have_one_spelling() {
    for block in blocks("forms.txt") {
        let (text, spelling) = block.split_once("\n=> ").unwrap();
        let tree = sound(text);
        assert!(tree.faults.is_empty(), "{text}\n{:?}", tree.faults);
        assert_eq!(spelled(&tree), spelling, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_kept_and_the_rest_is_read() {
    for block in blocks("faults.txt") {
        let (text, rest) = block.split_once("\n=> ").unwrap();
        let (spelling, faults) = rest.split_once("\n!! ").unwrap();
        let tree = sound(text);
        let told = |fault: &Fault| format!("{}: {}", text[..fault.span.start].matches('\n').count() + 1, fault.what);
        assert_eq!(
            tree.faults.iter().map(told).collect::<Vec<_>>(),
            faults.split("\n!! ").collect::<Vec<_>>(),
            "{text}"
        );
        assert_eq!(spelled(&tree), spelling, "{text}");
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn whole_files_are_read() {
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let tree = sound(&text);
        assert!(tree.faults.is_empty(), "{}: {:?}", path.display(), tree.faults);
        // No file of people is in the form of ours.
        assert!(parse(&text).is_err(), "{}", path.display());
    }
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder().join("files")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Groovy's own parser is asked about the forms, the faults and the files, and what it calls in them.
#[test]
fn groovy_reads_the_same() {
    let scratch = std::env::temp_dir().join(format!("stackgate-groovy-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).unwrap();
    let mut cases: Vec<(PathBuf, String)> =
        files().into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect();
    for name in ["forms.txt", "faults.txt"] {
        for (number, block) in blocks(name).into_iter().enumerate() {
            let path = scratch.join(format!("{name}-{number}.groovy"));
            let text = block.split_once("\n=> ").unwrap().0.to_owned();
            std::fs::write(&path, &text).unwrap();
            cases.push((path, text));
        }
    }
    let paths: Vec<String> = cases.iter().map(|(path, _)| path.display().to_string()).collect();
    let Some(answers) = groovy(&(paths.join("\n") + "\n")) else { return };
    assert_eq!(answers.lines().count(), cases.len(), "{answers}");
    for ((path, text), answer) in cases.iter().zip(answers.lines()) {
        let tree = read(text);
        let ours = if tree.faults.is_empty() { "OK" } else { "NO" };
        let (theirs, rest) = answer.split_once('\t').unwrap();
        assert_eq!(ours, theirs, "{text}\n{:?}\n{answer}", tree.faults);
        if ours == "OK" {
            assert_eq!(rest, format!("{}\t{}", path.display(), calls(&tree)), "{text}");
        }
    }
    std::fs::remove_dir_all(&scratch).unwrap();
}

/// What Groovy says of files; `None` where it is not installed.
fn groovy(paths: &str) -> Option<String> {
    let mut command = Command::new("groovy");
    command.arg(folder().join("Calls.groovy")).stdin(Stdio::piped()).stdout(Stdio::piped());
    if std::env::var_os("JAVA_HOME").is_none() {
        // Debian's script looks for a link that not every Java package makes.
        command.env("JAVA_HOME", "/usr/lib/jvm/java-17-openjdk-amd64");
    }
    let Ok(mut child) = command.spawn() else {
        assert!(std::env::var_os("STACKGATE_REHEARSAL_MUST").is_none_or(|must| must != "1"), "groovy is not installed");
        println!("skipped: groovy is not installed");
        return None;
    };
    let (mut stdin, paths) = (child.stdin.take().unwrap(), paths.to_owned());
    let writer = std::thread::spawn(move || stdin.write_all(paths.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn spellings_of_one_thing_are_one() {
    let forms = [
        "lock(resource: 'a', quantity: 1) { echo 'x' }",
        "lock( quantity : 1 ,\n resource: \"a\"\n) {\n  echo('x') // says x\n}\n",
        "lock('resource': '''a''', quantity: 1) { ; echo 'x'; }",
    ];
    for form in forms {
        assert_eq!(canonical(form), "lock(quantity: 1, resource: 'a') { echo('x') }", "{form}");
    }
    assert_eq!(
        canonical("A = \"${env.X}/y\"\nagent none\nagent { docker { image 'x' } }"),
        "A = \"${env.X}/y\"; agent(none); agent { docker { image('x') } }"
    );
    assert_eq!(canonical("withCredentials([file(a: 'b')]) { x() }"), "withCredentials([file(a: 'b')]) { x() }");
    assert_eq!(canonical("expression { sh(a: true) != 3 }"), "expression { (sh(a: true) != 3) }");
    assert_eq!(canonical("timestamps()\nnot { a() }"), "timestamps(); not { a() }");
}

#[test]
fn different_things_stay_different() {
    let pairs = [
        ("a 'none'", "a none"),
        ("a '1'", "a 1"),
        ("a 'x', 'y'", "a 'y', 'x'"),
        ("a '${x}'", "a \"${x}\""),
        ("a()\n", "a { }"),
    ];
    for (one, other) in pairs {
        assert_ne!(canonical(one), canonical(other));
    }
}

/// Our own files are read strictly: what is fine in other people's is refused there.
#[test]
fn our_own_files_are_plain() {
    for text in blocks("not-ours.txt") {
        assert!(parse(&text).is_err(), "{text}");
    }
}

#[test]
fn strings_mean_what_they_say() {
    let value = |text: &str| match read(text).statements.as_slice() {
        [Statement::Expression(Expression { kind: Kind::Text { value, .. }, .. })] => value.clone(),
        other => panic!("{text}: {other:?}"),
    };
    for text in ["'a b'", "\"a b\"", "'''a b'''", "\"\"\"a b\"\"\"", r"'a\u0020b'", r"'a\uu0020b'", "/a b/", "$/a b/$"]
    {
        assert_eq!(value(text), "a b", "{text}");
    }
    assert_eq!(value(r"'it\'s \\ \n $HOME ${x}'"), "it's \\ \n $HOME ${x}");
    assert_eq!(value(r#""\${x}""#), "${x}");
    assert_eq!(value("'''a\r\n'b' \\\nc'''"), "a\n'b' c");
    assert_eq!(value(r"'\\u0027'"), r"\u0027");
    assert_eq!(value(r"'\477\0'"), "'7\0");
    assert_eq!(value(r"/\d\/\\d$/"), r"\d/\\d$");
    assert_eq!(value(r"$/a\ $$ $/ /$"), r"a\ $ / ");
    let texts = [
        "",
        "it's",
        r"\",
        r"\\u0027",
        r"\u0027",
        "a\nb\r\n\tc",
        "${x} $(y) $",
        "\"\"\"",
        "''' '",
        "é\u{2028}😀",
        r"a\",
    ];
    for text in texts {
        assert_eq!(value(&stackgate_provider::groovy_literal(text)), text);
    }
}

#[test]
fn code_in_strings_is_read() {
    let tree = sound("x = \"a $b.c. \\${d} ${e(f)} ${-> g}\"");
    let Some((_, Expression { kind: Kind::Interpolated(inside), .. })) = tree.statements[0].assignment() else {
        panic!()
    };
    assert_eq!((inside.quote, inside.raw().as_str()), (Quote::Double, "a $b.c. ${d} ${e(f)} ${-> g}"));
    let code: Vec<String> = inside.parts.iter().filter_map(code).collect();
    assert_eq!(code, ["b.c", "e(f)", "g"]);
}

fn code(part: &super::tree::Part) -> Option<String> {
    match part {
        super::tree::Part::Text(_) => None,
        super::tree::Part::Code { closure, .. } => Some(closure.body.iter().map(Statement::canonical).collect()),
    }
}

#[test]
fn an_escape_cannot_hide_code_in_a_comment() {
    assert_eq!(spelled(&read("// quiet \\u000a evil()")), "evil()");
    assert_eq!(read("/* quiet \\u002a/ evil").statements.len(), 1);
    assert!(parse("'a\\\\\\u0027'").is_err());
    assert!(parse("'\\u00zz'").is_err() && parse("'\\ud800'").is_err() && parse("'\\u").is_err());
}

#[test]
fn limits_hold() {
    let many = |text: &str| text.repeat(20_000);
    let texts = [
        many("a { "),
        many("("),
        many("["),
        many("!"),
        many("a = "),
        many("a ? "),
        many("a ?: "),
        many("\"${"),
        many("a."),
        many("a+"),
        many("a()"),
        many("{ a ->"),
        many("(a)"),
        many("if (a) "),
        many("a: "),
        many("A<"),
        many("}"),
        many(")"),
        many("/"),
        many("a\n{"),
        many("a b "),
        many("[a:"),
        many("switch (a) { case b: "),
        many("try {"),
        many("new a("),
        many("@a("),
        many("-"),
        many("x = (a) { "),
        many("a ** "),
        many("a as b "),
        many("$/"),
        many("def "),
        "\n".repeat(300_000),
        many("''\n"),
        many("class a "),
        many("\\u"),
        many("{ a, "),
        many("a["),
    ];
    for text in texts {
        let tree = read(&text);
        assert!(tree.faults.len() <= 100);
        let _ = spelled(&tree);
    }
    assert!(parse(&" ".repeat(MOST_BYTES + 1)).is_err());
    let wide = "a + ".repeat(900) + "a";
    assert!(read(&wide).faults.is_empty());
    let deep = "a { ".repeat(40) + &"}".repeat(40);
    assert!(parse(&deep).is_ok(), "{:?}", read(&deep).faults);
}

/// No place to cut a file, and no character to lose, breaks the promises.
#[test]
fn every_part_of_a_file_is_read_or_refused() {
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (end, c) in text.char_indices().step_by(11) {
            let without = text[..end].to_owned() + &text[end + c.len_utf8()..];
            sound(&without);
            if end % 4 == 0 {
                sound(&text[..end]);
                sound(&text[end..]);
            }
        }
    }
}
