//! `logs` over a million events, in each format.
//!
//! What must hold: the peak is the child's own, read from the system while it runs; the log has findings of several rules, so
//! that nothing is skipped.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::millis;
use crate::Result;

const EVENTS: u32 = 1_000_000;
/// A Monday.
const BEGIN: u32 = 1_763_942_400;

pub(super) fn run(root: &Path) -> Result<()> {
    let temp = tempfile::tempdir()?;
    let spec = root.join("examples/organization").join(stackgate::SPEC_NAME);
    println!("6. {EVENTS} events of an audit log, judged by examples/organization");
    for format in ["json", "csv", "cef"] {
        let log = temp.path().join(format!("log.{format}"));
        write(&log, format)?;
        let mut command = Command::new(std::env::current_exe()?.with_file_name("stackgate"));
        command.arg("logs").arg("--spec").arg(&spec).arg(&log);
        let (wall, peak) = once(command)?;
        let size = std::fs::metadata(&log)?.len() / (1 << 20);
        println!("   {format:<17} {:>8.0} ms, {:.1} MiB at most, {size} MiB read", millis(wall), peak as f64 / 1024.0);
    }
    Ok(())
}

/// Wall time and peak memory, in KiB, of one run, which has findings.
fn once(mut command: Command) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let (ended, peak) = watched(&mut child)?;
    let wall = start.elapsed();
    if ended.code() == Some(1) { Ok((wall, peak)) } else { Err(format!("logs ended with {ended}").into()) }
}

/// Waits for a child; its end and its peak memory in KiB. What the system counts of children that have ended begins with
/// the memory of their parent.
pub(crate) fn watched(child: &mut Child) -> Result<(ExitStatus, u64)> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // A high-water mark, so that a look now and then misses little.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak = peak.max(kib.unwrap_or_default());
        if let Some(ended) = child.try_wait()? {
            return Ok((ended, peak));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn write(path: &Path, format: &str) -> Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    match format {
        "json" => out.write_all(b"{\"auditLogEvents\": [\n")?,
        "csv" => out.write_all(
            b"Timestamp,Name,Login,Event,Description,SourceIP,RequireOrgAdmin,RequireStackAdmin,AuthenticationFailure\n",
        )?,
        _ => {}
    }
    let mut line = String::new();
    for number in 0..EVENTS {
        line.clear();
        event(format, number, &mut line)?;
        out.write_all(line.as_bytes())?;
    }
    if format == "json" {
        out.write_all(b"], \"continuationToken\": \"\"}\n")?;
    }
    Ok(out.flush()?)
}

/// One event: 200 teams work on 2,000 stacks and 500 environments, and people look in.
fn event(format: &str, number: u32, line: &mut String) -> Result<()> {
    // Numbers that come in no order and are the same in each run.
    let dice = number.wrapping_mul(2_654_435_761) >> 8;
    let (time, stack, environment, team) = (BEGIN + number * 5, dice % 2_000, dice % 500, dice % 200);
    let (slug, text) = match dice % 7 {
        0 | 1 => ("environment-open", format!("Opened environment 'project-{environment}/production'")),
        2 => ("environment-read-open", format!("Read open environment 'project-{environment}/production'")),
        3 => ("stack-update-started", format!("Started update '6f93fd86-b972' for stack 'project-{stack}/production'")),
        4 => ("secret-decrypted", format!("Decrypted secret value for stack 'project-{stack}/production'")),
        5 => ("team-token-created-for-oidc-issuer", "Exchanged".to_owned()),
        _ => ("user-login", "Logged in".to_owned()),
    };
    let person = dice.is_multiple_of(5);
    let login = if person { format!("user-{}", dice % 300) } else { "acme".to_owned() };
    // Incidents among them.
    let slug = if number % 50_000 == 7 { "organization-settings-changed" } else { slug };
    let ip = dice % 250;
    match format {
        "json" => {
            let comma = if number + 1 == EVENTS { "" } else { "," };
            let actor = if person {
                String::new()
            } else {
                format!(
                    ",\"tokenName\":\"oidc-{number}\",\"actorName\":\"project-{team}-production\",\"actorUrn\":\"urn:pulumi:org:acme:team:project-{team}-production\""
                )
            };
            writeln!(
                line,
                "{{\"timestamp\":{time},\"sourceIP\":\"203.0.113.{ip}\",\"event\":\"{slug}\",\"description\":\"{text}\",\"user\":{{\"name\":\"Somebody\",\"githubLogin\":\"{login}\",\"avatarUrl\":\"https://example.com/u/{dice}\"}}{actor}}}{comma}"
            )?;
        }
        "csv" => writeln!(line, "{time},Somebody,{login},{slug},\"{text}\",203.0.113.{ip},false,false,false")?,
        _ => writeln!(
            line,
            "Nov 24 16:00:00 api.pulumi.com CEF:0|Pulumi|Pulumi Service|1.0|{slug}|{text}|0|authenticationFailure=false dvchost=api.pulumi.com orgID=1 requireOrgAdmin=false requireStackAdmin=false rt={time}000 src=203.0.113.{ip} suser={login} tokenID= tokenName= userID={dice}"
        )?,
    }
    Ok(())
}
