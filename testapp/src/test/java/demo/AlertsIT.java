package demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus, with the rules that are shipped, scrapes three JVMs of one job, and one of another that is
 * switched off. Minutes of the rules are fifths of a second here.
 */
class AlertsIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path REPOSITORY = TARGET.resolve("../..").normalize();
    private static final Pattern MINUTES = Pattern.compile("\\b(\\d+)m\\b");
    private static final Pattern ALERT = Pattern.compile("\\{\"labels\":\\{([^}]*)},.*?\"state\":\"(\\w+)\"");
    private static final Pattern LABEL = Pattern.compile("\"(\\w+)\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    private static final Pattern ADDRESS = Pattern.compile("the admin endpoint is http://127.0.0.1:(\\d+)/");
    private static final String ADMIN = "[admin]\nlisten = \"127.0.0.1:0\"\n";
    private static final String RULES = """
            [hosts."127.0.0.1".retry]
            max_retries = 0
            [hosts."127.0.0.1".retry.circuit_breaker]
            enabled = true
            failure_threshold = 1
            [hosts."localhost".retry]
            max_retries = 0
            [hosts."localhost".retry.circuit_breaker]
            enabled = true
            failure_threshold = 1
            """;

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<Process> programs = new ArrayList<>();

    @TempDir
    Path dir;

    @Test
    void a_failing_dependency_is_one_alert_for_all_origins_and_instances() throws Exception {
        List<Jdk> jdks = Jdks.all().stream().map(Jdk::orSkip).toList();
        StringBuilder scrapes = new StringBuilder();
        try {
            // Two dependencies that fail: one with five origins, one with one; and an origin of the first that does
            // not.
            List<String> urls = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                urls.add("http://127.0.0.1:" + serve(503));
            }
            urls.add("http://localhost:" + serve(503));
            urls.add("http://127.0.0.1:" + serve(200));
            for (int i = 1; i <= 3; i++) {
                String text = RULES + (i == 3 ? "# another file\n" : "");
                scrapes.append(run(jdks.get(i % jdks.size()), "shop", "shop-" + i, text, urls));
            }
            scrapes.append(run(jdks.get(0), "mail", "mail-1", RULES, List.of()));
            try (Prometheus prometheus = Prometheus.start(dir, rules(), scrapes.toString())) {
                prometheus.await(() -> prometheus.count("holdfast_active == 1") == 4);
                switchOff(jdks.get(0), programs.get(3));
                List<Map<String, String>> expected = List.of(
                        alert("HoldfastBreakerOpen", "critical", "shop", "dependency", "127.0.0.1"),
                        alert("HoldfastBreakerOpen", "critical", "shop", "dependency", "localhost"),
                        alert("HoldfastConfigurationDiffers", "warning", "shop"),
                        alert("HoldfastSwitchedOff", "warning", "mail"));
                prometheus.await(() -> firing(prometheus).containsAll(expected));

                assertThat(firing(prometheus)).containsExactlyInAnyOrderElementsOf(expected);
                assertThat(prometheus.query("count(holdfast:breaker_open:5m)"))
                        .as("breakers behind the two")
                        .isEqualTo(3 * (5 + 1));
                String alerts = prometheus.get("/api/v1/alerts");
                assertThat(alerts)
                        .contains(urls.get(0) + " (3)")
                        .contains("have had 2 configurations of Holdfast")
                        .contains("Instances: mail-1")
                        .contains("\"runbook_url\":\"docs/runbook.md#holdfastbreakeropen\"");
            }
        } finally {
            servers.forEach(server -> server.stop(0));
            programs.forEach(Process::destroyForcibly);
        }
    }

    /** The rules, in less time. */
    private Path rules() throws IOException {
        String text = Files.readString(REPOSITORY.resolve("config-examples/prometheus-rules.yaml"));
        StringBuilder quick = new StringBuilder();
        for (String line : text.lines().toList()) {
            // A record's name is not a time.
            quick.append(
                            line.contains(":5m")
                                    ? line
                                    : MINUTES.matcher(line)
                                            .replaceAll(found -> Integer.parseInt(found.group(1)) * 200 + "ms"))
                    .append('\n');
        }
        return Files.writeString(dir.resolve("rules.yaml"), quick);
    }

    /** Starts a program, and gives how it is scraped. */
    private String run(Jdk jdk, String job, String pod, String text, List<String> urls)
            throws IOException, InterruptedException {
        Path file = Files.writeString(dir.resolve(pod + ".toml"), text + ADMIN);
        Path log = dir.resolve(pod + ".log");
        List<String> command = new ArrayList<>(List.of(
                jdk.tool("java").toString(),
                "-javaagent:" + REPOSITORY.resolve("agent/target/holdfast-agent.jar") + "=" + file,
                "-cp",
                TARGET.resolve("test-classes").toString(),
                Caller.class.getName()));
        command.addAll(urls);
        Process program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        programs.add(program);
        return """
                - job_name: %s
                  static_configs:
                    - targets: ['127.0.0.1:%d']
                      labels: {job: %s, cluster: eu, namespace: web, pod: %s}
                """.formatted(pod, admin(program, log), job, pod);
    }

    private void switchOff(Jdk jdk, Process program) throws IOException, InterruptedException {
        Path log = dir.resolve("off.log");
        Process off = new ProcessBuilder(
                        jdk.tool("java").toString(),
                        "-jar",
                        REPOSITORY.resolve("agent/target/holdfast-agent.jar").toString(),
                        "off",
                        Long.toString(program.pid()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(off.waitFor()).as(Files.readString(log)).isZero();
    }

    /** The port that a program says it listens on. */
    private static int admin(Process program, Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            Matcher address = ADDRESS.matcher(Files.readString(log));
            if (address.find()) {
                return Integer.parseInt(address.group(1));
            }
            boolean over = program.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end;
            assertThat(over).as(Files.readString(log)).isFalse();
        }
    }

    private int serve(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private static Map<String, String> alert(String name, String severity, String job, String... more) {
        Map<String, String> labels = new TreeMap<>(
                Map.of("alertname", name, "severity", severity, "job", job, "cluster", "eu", "namespace", "web"));
        for (int i = 0; i < more.length; i += 2) {
            labels.put(more[i], more[i + 1]);
        }
        return labels;
    }

    private static List<Map<String, String>> firing(Prometheus prometheus) throws InterruptedException {
        List<Map<String, String>> firing = new ArrayList<>();
        Matcher alerts = ALERT.matcher(prometheus.get("/api/v1/alerts"));
        while (alerts.find()) {
            if (alerts.group(2).equals("firing")) {
                Map<String, String> labels = new TreeMap<>();
                LABEL.matcher(alerts.group(1)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
                firing.add(labels);
            }
        }
        return firing;
    }
}
