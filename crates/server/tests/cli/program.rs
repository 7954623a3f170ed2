//! The real program in a folder of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::http::Client;

/// How long the program may take to end after it was asked to.
const END_WAIT: Duration = Duration::from_secs(20);

/// An installation that commands run on.
pub(crate) struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), variables: Vec::new() }
    }

    /// The same with a variable of the environment.
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.set(name, value);
        self
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl ToString) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.to_string()));
    }

    /// Sets a variable that is set, and gives its value until then.
    pub(crate) fn replace(&mut self, name: &'static str, value: &str) -> String {
        let place = self.variables.iter_mut().find(|(known, _)| *known == name).expect("the variable is set");
        std::mem::replace(&mut place.1, value.to_owned())
    }

    /// The data folder; it does not exist before the first start.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file for a command to read.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the file is written");
        path.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exodus"));
        command.args(arguments).env_clear().env("HOME", self.folder.path()).env("EXODUS_DATA_DIR", self.data());
        command.env("EXODUS_LISTEN", "127.0.0.1:0").env("EXODUS_LOG", "warn").env("EXODUS_RATE_LIMIT", "100000");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with_input(arguments, "")
    }

    /// Runs a command that reads `input`.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().expect("the program starts");
        child.stdin.take().expect("stdin is piped").write_all(input.as_bytes()).expect("the input is read");
        let output = child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes text");
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts a command that goes on, and waits until it says that it is ready.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stderr(Stdio::inherit()).spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        while !line.contains("is ready") {
            line.clear();
            let read = stdout.read_line(&mut line).expect("the program writes text");
            assert!(read > 0, "the program ended before it was ready: {:?}", child.wait());
        }
        let url = line.split_once("http://").map(|(_, address)| format!("http://{}", address.trim()));
        Running { child, url: url.unwrap_or_default(), _stdout: stdout }
    }
}

impl Outcome {
    /// The output of a command that succeeded.
    pub(crate) fn ok(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout.trim_end()
    }

    /// The line of JSON of a command that succeeded.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.ok()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The one sentence of a command that was refused, which holds all of `parts`.
    pub(crate) fn refused(&self, code: i32, parts: &[&str]) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        let sentence = self.stderr.trim_end();
        assert!(sentence.starts_with("exodus: ") && sentence.lines().count() == 1, "{self:?}");
        assert!(parts.iter().all(|part| sentence.contains(part)), "{parts:?}: {sentence}");
        assert!(self.stdout.is_empty(), "{self:?}");
        sentence
    }
}

/// An address at which nobody answers. It is bound and never listens, so that nothing else gets it while `Nobody` lives.
pub(crate) struct Nobody(TcpSocket);

impl Nobody {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        Self(socket)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("an address")
    }
}

/// A command that goes on. It is killed when the test ends.
pub(crate) struct Running {
    child: Child,
    pub(crate) url: String,
    /// Kept open: a program whose output nobody reads must not end for that.
    _stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// Sends a signal, such as `TERM`, and waits for the end. Tells the exit code; `None` if the signal ended it.
    pub(crate) fn end(mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]).status();
        assert!(sent.expect("the shell runs").success());
        let deadline = Instant::now() + END_WAIT;
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "the program did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already if the test went well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Names of the files in a folder; none if it does not exist.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect();
    names.sort();
    names
}
