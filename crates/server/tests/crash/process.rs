//! A process of the product: started, aimed at, killed, started again.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// SIGKILL, as an exit status tells it.
const KILLED: i32 = 9;

/// One process.
pub(crate) struct Process {
    command: Option<&'static str>,
    child: Child,
    /// Where it answers; blank for a worker.
    pub(crate) url: String,
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts `exodus` with `command` and waits until it is ready; `None` if it was killed before.
    pub(crate) fn start(
        folder: &Path,
        command: Option<&'static str>,
        variables: &[(&'static str, String)],
    ) -> Option<Self> {
        // A file that may not grow is to be an error and not the end of the process.
        let mut child = Command::new("sh")
            .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, env!("CARGO_BIN_EXE_exodus")])
            .args(command)
            .env_clear()
            .env("HOME", folder)
            .env("PATH", "/usr/bin:/bin")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log(folder, command))
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        while !line.contains("is ready") {
            line.clear();
            if stdout.read_line(&mut line).expect("the program writes text") == 0 {
                let status = child.wait().expect("the program ended");
                assert_eq!(status.signal(), Some(KILLED), "it did not start: see {}", folder.display());
                return None;
            }
        }
        let url = line.split_once("http://").map(|(_, address)| format!("http://{}", address.trim()));
        Some(Self { command, child, url: url.unwrap_or_default(), _stdout: stdout })
    }

    pub(crate) fn command(&self) -> Option<&'static str> {
        self.command
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// True once SIGKILL ended it.
    ///
    /// # Panics
    /// If it ended by itself: that is a crash of its own making.
    pub(crate) fn is_dead(&mut self) -> bool {
        match self.child.try_wait().expect("the program can be waited for") {
            None => false,
            Some(status) => {
                assert_eq!(status.signal(), Some(KILLED), "{:?} ended by itself", self.command);
                true
            }
        }
    }

    /// SIGKILL from outside.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the program is killed");
        self.child.wait().expect("the program ended");
    }

    /// Another signal, such as `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(sent.expect("kill runs").success(), "{name} was not sent");
    }

    /// Lets it write nothing into files any more, as on a full disk, or as before.
    pub(crate) fn let_write(&self, may_write: bool) {
        let limit = if may_write { "unlimited:unlimited" } else { "0:unlimited" };
        let set = Command::new("prlimit").args(["--pid", &self.id().to_string(), &format!("--fsize={limit}")]).status();
        assert!(set.expect("prlimit runs").success(), "the limit was not set");
    }

    /// True while SIGSTOP holds it.
    pub(crate) fn is_stopped(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:") && line.contains('T'))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// All lives of a process write into one log.
fn log(folder: &Path, command: Option<&str>) -> File {
    let path = folder.join(format!("{}.log", command.unwrap_or("exodus")));
    OpenOptions::new().create(true).append(true).open(path).expect("a log")
}
