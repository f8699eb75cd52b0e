package dev.holdfast.observe.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.observe.meters.OtlpSamples;
import dev.holdfast.observe.meters.Samples;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The push of the packaged agent, on every JDK. */
class OtlpExporterIT {
    private static final Pattern ENDPOINT = Pattern.compile("the admin endpoint is (http://[^/]*/)");
    private static final String RULES = """
            [retry]
            max_retries = 1
            initial_delay = "1ms"
            jitter = false
            [retry.circuit_breaker]
            enabled = true
            [admin]
            listen = "127.0.0.1:0"
            """;

    @TempDir
    Path directory;

    @Test
    void pushes_what_a_scrape_shows_without_a_trace_in_the_program_and_once_more_at_exit() {
        Jdks.sideBySide(jdk -> {
            Path loaded = directory.resolve("loaded-" + jdk.feature() + ".txt");
            try (ScriptedServer receiver = receiver();
                    ScriptedServer shop = ScriptedServer.http()) {
                Path file = config(jdk, receiver, "headers = { Authorization = \"Bearer hunter2\" }\n");
                try (Running jvm = program(jdk, file, shop)
                        .jvm("-Xlog:class+load:file=" + loaded)
                        .environment("OTEL_SERVICE_NAME", "shop")
                        .start()) {
                    shop.play(
                            ScriptedResponse.respond(503),
                            ScriptedResponse.respond(200),
                            ScriptedResponse.respond(503),
                            ScriptedResponse.respond(503));
                    jvm.tell("a");
                    jvm.tell("b");
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> jvm.out().lines().count() == 2);
                    assertSameAsScrape(receiver, jvm);
                    assertThat(latest(receiver).header("Authorization")).hasValue("Bearer hunter2");
                    assertThat(OtlpSamples.of(latest(receiver).body()).resource())
                            .containsEntry("service.name", "shop");

                    // Not told again until it ends.
                    shop.play(ScriptedResponse.respond(503), ScriptedResponse.respond(200));
                    jvm.tell("c");
                    Result result = jvm.end().succeeded();

                    assertThat(OtlpSamples.of(latest(receiver).body()).values())
                            .containsEntry(
                                    "retry_attempts_total{client=\"java.net.http\",origin=\"" + origin(shop)
                                            + "\",policy=\"*\",reason=\"503\"}",
                                    3.0);
                    assertThat(result.lines()).containsExactly("200", "503", "200", "asked: []", "hooks ran");
                    assertThat(result.err().lines())
                            .allMatch(line -> line.startsWith("[holdfast] "))
                            .filteredOn(line -> line.contains("pushed"))
                            .containsExactly(
                                    "[holdfast] meters are pushed to " + origin(receiver) + " every 1 s",
                                    "[holdfast] meters cannot be pushed to " + origin(receiver)
                                            + ": it responds with status 401; it is tried again every 1 s",
                                    "[holdfast] meters are pushed to " + origin(receiver)
                                            + " again, after 1 push that failed");
                }
            }
            assertThat(loaded)
                    .content()
                    .contains("com.google.protobuf.UnsafeUtil ", "io.micrometer.registry.otlp.OtlpMeterRegistry ")
                    .doesNotContain("java.util.logging.LogManager ", "sun.misc.Unsafe ");
        });
    }

    @Test
    void moves_and_ends_when_the_configuration_says_so() {
        Jdks.sideBySide(jdk -> {
            try (ScriptedServer first = receiver();
                    ScriptedServer second = receiver();
                    ScriptedServer shop = ScriptedServer.http()) {
                Path file = config(jdk, first, "");
                try (Running jvm = program(jdk, file, shop).start()) {
                    first.awaitRequests(1);

                    replace(file, RULES + otlp(second, ""));
                    second.awaitRequests(1);
                    int before = first.requests().size();
                    second.awaitRequests(3);
                    assertThat(first.requests()).hasSize(before);

                    replace(file, RULES);
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> jvm.err().contains("meters are not pushed any more"));
                    int last = second.requests().size();
                    jvm.end().succeeded();
                    assertThat(second.requests()).hasSize(last);
                }
            }
        });
    }

    @Test
    void a_receiver_that_hangs_or_is_not_there_holds_nobody_up() {
        Jdks.sideBySide(jdk -> {
            try (ScriptedServer receiver = ScriptedServer.http();
                    ScriptedServer shop = ScriptedServer.http()) {
                receiver.otherwise(ScriptedResponse.afterRequest(Cut.HANG));
                try (Running jvm = program(jdk, config(jdk, receiver, "timeout = \"5m\"\n"), shop)
                        .start()) {
                    receiver.awaitRequests(1);
                    jvm.tell("a");
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> jvm.out().lines().count() == 1);
                    long start = System.nanoTime();
                    Result result = jvm.end().succeeded();

                    // Two seconds, and what a JVM takes to end on a busy machine; the receiver would take five minutes.
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
                    assertThat(result.lines()).containsExactly("200", "asked: []", "hooks ran");
                }
                int port = receiver.port();
                receiver.close();
                Path file = directory.resolve("gone-" + jdk.feature() + ".toml");
                Files.writeString(
                        file,
                        RULES + "[metrics.otlp]\nurl = \"http://127.0.0.1:" + port + "/v1/metrics\"\nstep = \"1s\"\n");
                try (Running jvm = program(jdk, file, shop).start()) {
                    await().atMost(Duration.ofSeconds(30)).until(() -> jvm.err().contains("no connection"));
                    Result result = jvm.end().succeeded();
                    assertThat(result.err().lines().filter(line -> line.contains("cannot be pushed")))
                            .hasSize(1);
                }
            }
        });
    }

    @Test
    void speaks_tls_to_a_receiver_that_the_trust_store_knows_and_to_no_other() {
        String store = Path.of("../testkit/target/classes/dev/holdfast/testkit/loopback.p12")
                .toAbsolutePath()
                .toString();
        Jdks.sideBySide(jdk -> {
            try (ScriptedServer receiver = ScriptedServer.https("127.0.0.1");
                    ScriptedServer shop = ScriptedServer.http()) {
                Path file = config(jdk, receiver, "");
                try (Running jvm = program(jdk, file, shop)
                        .jvm("-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=holdfast")
                        .start()) {
                    receiver.awaitRequests(1);
                    jvm.tell("a");
                    Result result = jvm.end().succeeded();

                    assertThat(OtlpSamples.of(latest(receiver).body()).values())
                            .anySatisfy((sample, value) -> assertThat(sample + value)
                                    .startsWith("holdfast_calls_total{")
                                    .endsWith("1.0"));
                    assertThat(result.lines()).containsExactly("200", "asked: []", "hooks ran");
                    assertThat(result.err()).doesNotContain("cannot");
                }
                int before = receiver.requests().size();
                try (Running jvm = program(jdk, file, shop).start()) {
                    await().atMost(Duration.ofSeconds(30)).until(() -> jvm.err().contains("cannot be pushed"));
                    jvm.end().succeeded();
                }
                assertThat(receiver.requests()).hasSize(before);
            }
        });
    }

    private static ScriptedServer receiver() {
        // What it offers is nothing to a client that has no cookies and no passwords.
        return ScriptedServer.http()
                .otherwise(ScriptedResponse.respond(200).header("Set-Cookie", "a=b"))
                .play(ScriptedResponse.respond(401).header("WWW-Authenticate", "Basic realm=\"x\""));
    }

    /** But for what the time itself changes. */
    private static void assertSameAsScrape(ScriptedServer receiver, Running jvm) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Matcher matcher = ENDPOINT.matcher(jvm.err());
            assertThat(matcher.find()).isTrue();
            Map<String, Double> pushed =
                    still(OtlpSamples.of(latest(receiver).body()).values());
            assertThat(pushed)
                    .isEqualTo(
                            still(Samples.of(get(matcher.group(1) + "metrics")).values()))
                    .anySatisfy((sample, value) -> assertThat(sample + value)
                            .startsWith("retry_attempts_total{")
                            .endsWith("2.0"));
        });
    }

    private static Map<String, Double> still(Map<String, Double> all) {
        Map<String, Double> still = new TreeMap<>(all);
        still.keySet()
                .removeIf(sample -> sample.startsWith("holdfast_breaker_time") || sample.contains("budget_balance"));
        return still;
    }

    private static ReceivedRequest latest(ScriptedServer receiver) {
        List<ReceivedRequest> complete =
                receiver.requests().stream().filter(ReceivedRequest::complete).toList();
        assertThat(complete).isNotEmpty();
        return complete.get(complete.size() - 1);
    }

    private static String get(String url) {
        try (var in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ForkedJvm program(Jdks.Jdk jdk, Path file, ScriptedServer shop) {
        return new ForkedJvm(jdk)
                .agent(file.toString())
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .main(ExportingProgram.class, shop.uri("/things?secret=1").toString())
                .within(Duration.ofSeconds(30));
    }

    private Path config(Jdks.Jdk jdk, ScriptedServer receiver, String more) throws IOException {
        return Files.writeString(
                directory.resolve("holdfast-" + jdk.feature() + ".toml"), RULES + otlp(receiver, more));
    }

    private static String otlp(ScriptedServer receiver, String more) {
        return "[metrics.otlp]\nurl = \"" + receiver.uri("/v1/metrics") + "\"\nstep = \"1s\"\n" + more;
    }

    private static String origin(ScriptedServer server) {
        return "http://127.0.0.1:" + server.port();
    }

    private static void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
