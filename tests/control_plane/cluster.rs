//! Control planes and operator processes: the shared ones, set up once under a lock, and private ones for tests that kill.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{Said, eventually, run};

const BINARY: &str = env!("CARGO_BIN_EXE_deepsynthesis-operator");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SYSTEM: &str = "deepsynthesis-system";
/// User of the admin kubeconfig, under which operators write here.
const OPERATOR: &str = "admin";

const APPLY: [&str; 4] = ["apply", "--server-side", "--force-conflicts", "-f"];

/// Keeps one operator alive for as long as its API server: whoever takes the control plane down need not know of it.
const WATCHDOG: &str = r#"
state=$1 pid_file=$2; shift 2
"$@" & operator=$!
echo $operator >"$pid_file"
server=$(cat "$state/run/kube-apiserver.pid")
(while grep -qsF "$state/" "/proc/$server/cmdline"; do sleep 1; done) & watch=$!
wait -n
kill -9 $operator $watch 2>/dev/null
"#;

/// A control plane with CRDs and chart, and where its operator listens.
pub struct Cluster {
    pub state: PathBuf,
    tools: PathBuf,
    /// Port that the webhook configurations name.
    pub port: u16,
    /// Port of health and metrics of the operator behind `port`.
    pub health: u16,
}

/// Ends a second control plane with the first: whoever takes that one down need not know of this one.
const COMPANION: &str = r#"
main=$1 state=$2
server=$(cat "$main/run/kube-apiserver.pid") programs=$(cat "$state"/run/{etcd,kube-apiserver}.pid)
while grep -qsF "$main/" "/proc/$server/cmdline"; do sleep 1; done
kill -9 $programs 2>/dev/null
rm -rf "$state"
"#;

/// The control plane and the operator that all tests share.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| Cluster::shared(shared_state(), None, |_| ()))
}

/// Another one, where someone deleted the webhook configurations: only the policies inside the API server hold.
pub fn without_webhooks() -> &'static Cluster {
    static WITHOUT: OnceLock<Cluster> = OnceLock::new();
    WITHOUT.get_or_init(|| {
        let main = shared_state();
        let state = main.with_file_name("control-plane-without-webhooks");
        script(&["control-plane", "up", "--state", path(&state)]);
        Cluster::shared(state, Some(&main), Cluster::delete_webhooks)
    })
}

/// Another one, with our static policies on the disk of its API server.
#[allow(dead_code, reason = "control_plane_next has such an API server")]
pub fn protected() -> &'static Cluster {
    static PROTECTED: OnceLock<Cluster> = OnceLock::new();
    PROTECTED.get_or_init(|| {
        let main = shared_state();
        let state = main.with_file_name("control-plane-protected");
        script(&["control-plane", "up", "--state", path(&state)]);
        Cluster::shared(state, Some(&main), Cluster::protect)
    })
}

impl Cluster {
    /// A companion ends with its main control plane and is prepared once, after the chart is installed.
    fn shared(state: PathBuf, main: Option<&Path>, prepare: impl Fn(&Self)) -> Self {
        let tools = tools(&state);
        let lock = File::create(state.join("control-plane-tests.lock")).unwrap();
        lock.lock().unwrap();
        let (record, pid_file) = (state.join("control-plane-tests.json"), state.join("run/operator.pid"));
        let stamp = stamp();
        let known: Option<Value> =
            std::fs::read(&record).ok().map(|text| serde_json::from_slice(&text).expect("our own file"));
        let port_of = |key: &str| known.as_ref().and_then(|known| u16::try_from(known[key].as_u64()?).ok());
        let cluster = Self {
            state,
            tools,
            port: port_of("port").unwrap_or_else(free_port),
            health: port_of("health").unwrap_or_else(free_port),
        };
        let running = std::fs::read_to_string(&pid_file).ok().map(|text| text.trim().to_owned()).filter(|pid| {
            let command = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.contains(&format!("--health-listen\x00127.0.0.1:{}\0", cluster.health))
        });
        let is_current = known.as_ref().is_some_and(|known| known["stamp"] == stamp.as_str());
        if running.is_none() || !is_current {
            if let Some(pid) = running {
                run(Command::new("kill").args(["-9", &pid]), "");
                eventually("the old operator ends", 5, || !Path::new(&format!("/proc/{pid}")).exists());
            }
            cluster.unprotect();
            cluster.install();
            cluster.start_detached(&pid_file);
            cluster.until_ready();
            if let Some(main) = main {
                prepare(&cluster);
                let words = ["--fork", "bash", "-c", COMPANION, "companion", path(main), path(&cluster.state)];
                let mut companion = Command::new("setsid");
                companion.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                assert!(companion.status().unwrap().success());
            }
            let text = json!({"stamp": stamp, "port": cluster.port, "health": cluster.health}).to_string();
            std::fs::write(&record, text).unwrap();
        }
        if main.is_none() {
            cluster.until_ready();
        }
        cluster
    }

    fn until_ready(&self) {
        eventually("the operator is ready", 180, || self.get("/readyz").is_ok_and(|text| text.ends_with("ok\n")));
    }

    /// As whoever wants to be rid of us would do it first.
    pub fn delete_webhooks(&self) {
        for kind in ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"] {
            self.kubectl(&["delete", kind, "-l", "app.kubernetes.io/part-of=deepsynthesis"], None).admitted();
        }
    }

    /// Puts `config/static` on the disk of the API server, as a platform engineer would, for the operator of these tests.
    #[allow(dead_code, reason = "control_plane_next has such an API server")]
    pub fn protect(&self) {
        let mut render = Command::new(format!("{ROOT}/config/static/render"));
        render.args(["--namespace", SYSTEM, "--set", &format!("operator.username={OPERATOR}")]);
        render.env("PATH", self.path());
        let backstop = run(&mut render, "").admitted();
        let protect = std::fs::read_to_string(format!("{ROOT}/config/static/validating/protect.yaml")).unwrap();
        let user = format!("system:serviceaccount:{SYSTEM}:deepsynthesis-operator");
        assert!(protect.contains(&user), "the file says who the operator is");
        std::fs::write(self.static_folder().join("backstop.yaml"), backstop).unwrap();
        std::fs::write(self.static_folder().join("protect.yaml"), protect.replace(&user, OPERATOR)).unwrap();
        eventually("the API server has read its static policies", 90, || !self.is_free());
    }

    /// Moves them away again; there may be none.
    pub fn unprotect(&self) {
        if self.static_folder().is_dir() {
            for file in ["protect.yaml", "backstop.yaml"] {
                let _ = std::fs::remove_file(self.static_folder().join(file));
            }
            eventually("the API server has forgotten its static policies", 90, || self.is_free());
        }
    }

    fn static_folder(&self) -> PathBuf {
        self.state.join("static/validating")
    }

    /// Whether an admin may delete what our chart installs.
    fn is_free(&self) -> bool {
        let words = ["delete", "--dry-run=server", "--ignore-not-found", "validatingwebhookconfiguration"];
        self.kubectl(&[&words[..], &["deepsynthesis-operator-workloads"]].concat(), None).is_success()
    }

    /// A control plane of its own, without an operator; gone with the value.
    pub fn private(folder: &Path) -> Private {
        let state = folder.join("state");
        script(&["control-plane", "up", "--state", path(&state)]);
        let tools = tools(&state);
        let private = Private(Self { state, tools, port: free_port(), health: free_port() });
        private.install();
        private
    }

    fn install(&self) {
        script(&["build", "helm"]);
        script(&["control-plane", "namespace", SYSTEM, "kube-system", "--state", path(&self.state)]);
        self.apply_crds();
        self.reinstall();
    }

    /// Our CRDs, as an administrator would bring them back.
    pub fn apply_crds(&self) {
        self.kubectl(&[&APPLY[..], &[&format!("{ROOT}/crds")]].concat(), None).admitted();
        self.kubectl(&["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"], None).admitted();
    }

    /// What `helm install` and `helm upgrade` write.
    pub fn reinstall(&self) {
        self.kubectl(&[&APPLY[..], &["-"]].concat(), Some(&self.chart(&[]))).admitted();
    }

    /// What `helm upgrade --set injection.policy=true` writes besides.
    #[allow(dead_code, reason = "control_plane_next has an API server that knows of it")]
    pub fn add_injector(&self) {
        let options = ["--set", "injection.policy=true", "--show-only", "templates/policy-injector.yaml"];
        self.kubectl(&[&APPLY[..], &["-"]].concat(), Some(&self.chart(&options))).admitted();
    }

    /// What `helm uninstall` removes.
    pub fn uninstall(&self) {
        self.uninstall_as(&[]).admitted();
    }

    /// The same as somebody else.
    pub fn uninstall_as(&self, who: &[&str]) -> Said {
        self.kubectl(&[&["delete", "--wait=false", "-f", "-"], who].concat(), Some(&self.chart(&[])))
    }

    fn chart(&self, options: &[&str]) -> String {
        let mut helm = Command::new(self.tools.join("helm"));
        helm.args([
            "template",
            "deepsynthesis",
            &format!("{ROOT}/charts/deepsynthesis-operator"),
            "-n",
            SYSTEM,
            "--set",
        ]);
        let url = format!("webhook.url=https://127.0.0.1:{}", self.port);
        helm.arg(format!("crds.install=false,operator.enabled=false,operator.username={OPERATOR},{url}"));
        helm.args(options);
        run(&mut helm, "").admitted()
    }

    /// Kills etcd and the API server and starts them again, as after a loss of power; what was written is there.
    pub fn restart(&self) {
        let programs = ["kube-apiserver", "etcd"].map(|name| {
            let file = self.state.join(format!("run/{name}.pid"));
            let pid = std::fs::read_to_string(&file).unwrap().trim().to_owned();
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
            let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
            let words: Vec<String> = words.map(|word| String::from_utf8(word.to_vec()).unwrap()).collect();
            run(Command::new("kill").args(["-9", &pid]), "").admitted();
            eventually("it has ended", 10, || !is_running(&pid));
            (name, file, words)
        });
        let start = |name: &str, file: &Path, words: &[String]| {
            let mut command = Command::new("setsid");
            command.args(words).stdin(Stdio::null());
            command.stdout(self.log(&format!("{name}-again"))).stderr(self.log(&format!("{name}-again-err")));
            let child = command.spawn().unwrap();
            std::fs::write(file, child.id().to_string()).unwrap();
            child
        };
        let started = programs.iter().rev().map(|(name, file, words)| (name, start(name, file, words), file, words));
        let mut started: Vec<_> = started.collect();
        eventually("the API server is ready", 120, || {
            // One that ends is started again, as a kubelet would: etcd may not be there yet.
            for (name, child, file, words) in &mut started {
                if let Some(status) = child.try_wait().unwrap() {
                    eprintln!("{name} ended with {status}: {}", self.log_of(&format!("{name}-again")));
                    *child = start(name, file, words);
                }
            }
            self.kubectl(&["get", "--raw", "/readyz"], None).is_success()
        });
    }

    /// What an operator of this name has logged.
    pub fn log_of(&self, identity: &str) -> String {
        let read = |name: &str| std::fs::read_to_string(self.state.join(format!("log/operator-{name}.log")));
        [read(identity), read(&format!("{identity}-err"))].into_iter().flatten().collect()
    }

    fn operator(&self, identity: &str, port: u16, health: u16) -> Vec<String> {
        let (listen, health) = (format!("127.0.0.1:{port}"), format!("127.0.0.1:{health}"));
        [
            [BINARY, "run"],
            ["--namespace", SYSTEM],
            ["--identity", identity],
            ["--listen", &listen],
            ["--health-listen", &health],
            ["--service-name", "deepsynthesis-operator"],
            ["--certificate-name", "127.0.0.1"],
            ["--workloads-webhook", "deepsynthesis-operator-workloads"],
            ["--records-webhook", "deepsynthesis-operator-records"],
            ["--sidecar-image", "deepsynthesis-sidecar:dev"],
            ["--operator-service-account", OPERATOR],
        ]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
    }

    fn log(&self, name: &str) -> Stdio {
        File::create(self.state.join(format!("log/operator-{name}.log"))).unwrap().into()
    }

    fn start_detached(&self, pid_file: &Path) {
        let mut command = Command::new("setsid");
        command.args(["--fork", "bash", "-c", WATCHDOG, "watchdog", path(&self.state), path(pid_file)]);
        command.args(self.operator("control-plane-tests", self.port, self.health));
        command.env("KUBECONFIG", self.state.join("admin.kubeconfig"));
        command.stdin(Stdio::null()).stdout(self.log("stdout")).stderr(self.log("stderr"));
        let _ = std::fs::remove_file(pid_file);
        assert!(command.status().unwrap().success());
        eventually("the operator is started", 10, || pid_file.exists());
    }

    /// An operator as a child of this test.
    pub fn start(&self, identity: &str, port: u16, health: u16) -> Operator {
        self.start_with(identity, port, health, "")
    }

    /// An operator with further words on its command line.
    pub fn start_with(&self, identity: &str, port: u16, health: u16, further: &str) -> Operator {
        let operator = self.spawn(identity, port, health, further);
        eventually("the operator is ready", 180, || get(health, "/readyz").is_ok_and(|text| text.ends_with("ok\n")));
        operator
    }

    /// An operator that need not become ready.
    pub fn spawn(&self, identity: &str, port: u16, health: u16, further: &str) -> Operator {
        let mut words = self.operator(identity, port, health);
        words.extend(further.split_whitespace().map(str::to_owned));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("KUBECONFIG", self.state.join("admin.kubeconfig"));
        command.stdin(Stdio::null()).stdout(self.log(identity)).stderr(self.log(&format!("{identity}-err")));
        Operator(command.spawn().unwrap())
    }

    /// What kubectl says to these arguments.
    pub fn kubectl(&self, words: &[&str], input: Option<&str>) -> Said {
        let mut command = Command::new(self.tools.join("kubectl"));
        command.arg("--kubeconfig").arg(self.state.join("admin.kubeconfig"));
        // Ports are used again by other control planes: nothing of theirs may be remembered.
        command.arg("--cache-dir").arg(self.state.join("kubectl-cache")).args(words);
        run(&mut command, input.unwrap_or_default())
    }

    /// What a shell needs so that `kubectl` means this control plane and a namespace of it.
    pub fn environment(&self, namespace: &str) -> Vec<(&'static str, std::ffi::OsString)> {
        let admin = std::fs::read_to_string(self.state.join("admin.kubeconfig")).unwrap();
        let config = self.state.join(format!("{namespace}.kubeconfig"));
        std::fs::write(&config, admin).unwrap();
        let variables = vec![
            ("PATH", self.path()),
            ("KUBECONFIG", config.into()),
            ("KUBECACHEDIR", self.state.join("kubectl-cache").into()),
        ];
        let variables_of_shell = variables.clone();
        let mut command = Command::new("kubectl");
        command.args(["config", "set-context", "--current", "--namespace", namespace]).envs(variables_of_shell);
        run(&mut command, "").admitted();
        variables
    }

    /// With the cluster's programs first.
    fn path(&self) -> std::ffi::OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.tools.clone()).chain(std::env::split_paths(&path));
        std::env::join_paths(folders).unwrap()
    }

    /// A namespace with its default service account and these labels from its first moment on.
    pub fn namespace(&self, name: &str, labels: Value) {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        self.kubectl(&["create", "-f", "-"], Some(&object.to_string())).admitted();
        script(&["control-plane", "namespace", name, "--state", path(&self.state)]);
    }

    /// A page of the shared operator's health port.
    pub fn get(&self, page: &str) -> std::io::Result<String> {
        get(self.health, page)
    }
}

/// A control plane that ends with the test.
pub struct Private(Cluster);

impl std::ops::Deref for Private {
    type Target = Cluster;
    fn deref(&self) -> &Cluster {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        script(&["control-plane", "down", "--state", path(&self.state)]);
    }
}

/// An operator process that ends with the test.
pub struct Operator(Child);

impl Operator {
    /// SIGTERM, and its end.
    pub fn terminate(mut self) {
        run(Command::new("kill").arg(self.0.id().to_string()), "").admitted();
        assert!(self.0.wait().unwrap().success());
    }

    /// SIGKILL: nothing is released, nothing is said.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A child that has ended stays in the list of processes until its parent asks.
fn is_running(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn script(words: &[&str]) -> String {
    let mut command = Command::new(format!("{ROOT}/tests/cluster/cluster"));
    // Another version of the API server, for test binaries that want one; otherwise whatever the caller says.
    command.envs(crate::KUBERNETES.map(|version| ("DSS_KUBERNETES", version)));
    run(command.args(words), "").admitted()
}

/// The control plane that KUBECONFIG names, if it is one of ours: a developer's real cluster is never touched.
fn shared_state() -> PathBuf {
    let given = std::env::var_os("KUBECONFIG").map(PathBuf::from);
    let state = given.as_deref().and_then(Path::parent).filter(|state| state.join("run/kube-apiserver.pid").exists());
    match state {
        Some(state) => state.to_owned(),
        None => {
            script(&["control-plane", "up"]);
            Path::new(&exported("KUBECONFIG", &script(&["control-plane", "env"]))).parent().unwrap().to_owned()
        }
    }
}

fn tools(state: &Path) -> PathBuf {
    exported("TOOLS", &script(&["control-plane", "env", "--state", path(state)])).into()
}

fn exported(name: &str, lines: &str) -> String {
    let prefix = format!("export {name}=");
    lines.lines().find_map(|line| line.strip_prefix(&prefix)).expect("cluster env says it").to_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Changes when the operator, the chart or a CRD does.
fn stamp() -> String {
    let age = |path: &Path| path.metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    let chart = format!("{ROOT}/charts/deepsynthesis-operator");
    let statics = format!("{ROOT}/config/static/validating");
    let folders = [format!("{ROOT}/crds"), chart.clone(), format!("{chart}/templates"), statics];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let newest = files.map(|path| age(&path)).max().unwrap_or(Duration::ZERO);
    format!("{BINARY} {:?} {ROOT} {newest:?}", age(Path::new(BINARY)))
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One page over HTTP, with its head.
pub fn get(port: u16, page: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("GET {page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}
