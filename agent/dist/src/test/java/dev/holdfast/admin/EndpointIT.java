package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The endpoint of the packaged agent, on every JDK. */
class EndpointIT {
    private static final String RULES = """
            [retry]
            max_retries = 1
            [retry.fallback]
            strategy = "default_value"
            [retry.fallback.default_value]
            headers = { "X-Key" = "secret" }
            body = "secret"
            [hosts."*".retry.policy]
            retry_headers = { "X-Retry" = "secret" }
            [[hosts."*".retry.policy.when]]
            status = [418]
            headers = { "X-Token" = "secret*" }
            action = "no_retry"
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void shows_what_happens_and_no_secret(Jdks.Jdk jdk) throws IOException {
        Path loaded = directory.resolve("loaded.txt");
        Path file = config(RULES + "[admin]\nlisten = \"127.0.0.1:0\"\n");
        try (Running jvm = new ForkedJvm(jdk)
                .agent(file.toString())
                .jvm("-Xlog:class+load:file=" + loaded, hosts())
                .main(WatchedProgram.class, "20")
                .start()) {
            int port = EndpointClient.port(jvm);

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> EndpointClient.get(port, "/status").body().contains("http://search.shop.example:"));
            // An origin is listed when it is called; there are counts once a call has ended.
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> EndpointClient.get(port, "/metrics").body().contains("\nholdfast_calls_total{"));
            EndpointClient.Answer status = EndpointClient.get(port, "/status");
            assertThat(status.head())
                    .contains("\r\nContent-Type: application/json\r\n", "\r\nCache-Control: no-store\r\n");
            assertThat(status.body()).startsWith("{\"schema\":2,").doesNotContain("secret", "/v1/things");
            assertThat(EndpointClient.get(port, "/configuration?policy=%2A").body())
                    .contains(
                            "{\"key\":\"retry.max_retries\",\"toml\":\"1\",\"default\":false,\"line\":2,\"from\":\"\"}")
                    .contains("\"key\":\"retry.fallback.default_value.body\",\"toml\":\"***\"")
                    .doesNotContain("secret");
            assertThat(EndpointClient.get(port, "/metrics").body())
                    .contains("\nholdfast_calls_total{", "http://search.shop.example:")
                    .doesNotContain("secret");
            assertThat(EndpointClient.compressed(port, "/metrics"))
                    .contains("\nholdfast_calls_total{", "http://search.shop.example:");
            assertThat(EndpointClient.compressed(port, "/status")).startsWith("{\"schema\":2,");
            assertThat(EndpointClient.compressed(port, "/")).startsWith("<!doctype html>");
            assertThat(EndpointClient.get(port, "/history").body())
                    .startsWith("{\"bucket_seconds\":5,")
                    .contains("\"first_try\":[");
            EndpointClient.Answer page = EndpointClient.get(port, "/");
            assertThat(page.head())
                    .contains("\r\nContent-Type: text/html; charset=utf-8\r\n")
                    .containsPattern("\r\nContent-Security-Policy: default-src 'none'; script-src 'sha256-[^' ]+';")
                    .contains("frame-ancestors 'none'");
            assertThat(page.body()).startsWith("<!doctype html>").contains("<style>:root", "<script>'use strict'");
            assertThat(EndpointClient.get(port, "/favicon.ico").status()).isEqualTo(404);
            assertThat(EndpointClient.get(port, "/../status").status()).isEqualTo(404);

            assertThat(EndpointClient.get(port, "/status").body())
                    .as("the endpoint is no origin")
                    .doesNotContain(":" + port + '"');

            assertThat(jvm.end().succeeded().err().lines()).hasSize(2);
        }
        assertThat(loaded)
                .content()
                .contains("dev.holdfast.admin.Server")
                .doesNotContain("java.util.logging.LogManager ");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void gives_nothing_to_other_sites_and_changes_nothing(Jdks.Jdk jdk) throws IOException {
        try (Running jvm = quiet(jdk, config(RULES + "[admin]\nlisten = \"127.0.0.1:0\"\n"))) {
            int port = EndpointClient.port(jvm);
            String own = "Host: localhost:" + port;
            String get = "GET /status HTTP/1.1";

            assertNothing(421, EndpointClient.send(port, get, "Host: rebound.example:" + port));
            assertNothing(403, EndpointClient.send(port, get, own, "Origin: http://evil.example"));
            assertNothing(403, EndpointClient.send(port, get, own, "Sec-Fetch-Site: cross-site"));
            assertNothing(403, EndpointClient.send(port, get, own, "Referer: http://evil.example/"));
            assertNothing(405, EndpointClient.send(port, "POST /status HTTP/1.1", own));
            assertThat(EndpointClient.send(port, "HEAD /status HTTP/1.1", own).body())
                    .isEmpty();
            assertThat(EndpointClient.send(port, get, own).status()).isEqualTo(200);
        }
    }

    private static void assertNothing(int status, EndpointClient.Answer response) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
        assertThat(response.head()).doesNotContain("Access-Control");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_port_that_is_taken_is_said_and_costs_nothing_else(Jdks.Jdk jdk) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Path file = config(RULES + "[admin]\nlisten = \"" + address + "\"\n");
            try (Running jvm = quiet(jdk, file)) {
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> jvm.err().contains("cannot listen on " + address + ": Address already in use"));

                taken.close();
                replace(file, RULES + "[admin]\nlisten = \"" + address + "\"\n# changed\n");
                assertThat(EndpointClient.get(EndpointClient.port(jvm), "/status")
                                .status())
                        .isEqualTo(200);
                assertThat(jvm.end().succeeded().out()).isEqualToNormalizingNewlines("done\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void moves_and_goes_when_the_configuration_says_so(Jdks.Jdk jdk) throws IOException {
        Path file = config(RULES + "[admin]\nlisten = \"127.0.0.1:0\"\n");
        try (Running jvm = quiet(jdk, file)) {
            int first = EndpointClient.port(jvm);

            replace(file, RULES + "[admin]\nlisten = \"localhost:0\"\n");
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> jvm.err().contains("the admin endpoint is http://localhost:"));
            int second = EndpointClient.port(jvm);
            assertThat(EndpointClient.get(second, "/status").body()).contains("\"reloads\":1");
            assertThatThrownBy(() -> EndpointClient.get(first, "/status")).isInstanceOf(ConnectException.class);

            replace(file, RULES);
            await().atMost(Duration.ofSeconds(40)).until(() -> jvm.err().contains("the admin endpoint is closed"));
            assertThatThrownBy(() -> EndpointClient.get(second, "/status")).isInstanceOf(ConnectException.class);
            jvm.end().succeeded();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_address_that_others_can_reach_is_warned_of(Jdks.Jdk jdk) throws IOException {
        try (Running jvm = quiet(jdk, config(RULES + "[admin]\nlisten = \"0.0.0.0:0\"\n"))) {
            int port = EndpointClient.port(jvm);

            assertThat(jvm.err()).contains("warning: ", "admin.listen: is not a loopback address");
            assertThat(EndpointClient.send(port, "GET /status HTTP/1.1", "Host: 10.1.2.3:" + port)
                            .status())
                    .isEqualTo(200);
            assertNothing(421, EndpointClient.send(port, "GET /status HTTP/1.1", "Host: shop.internal:" + port));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void serves_in_a_run_time_image_of_little_more_than_java_base(Jdks.Jdk jdk) throws Exception {
        Path image = directory.resolve("image");
        Process jlink = new ProcessBuilder(
                        jdk.orSkip().tool("jlink").toString(),
                        "--add-modules",
                        "java.instrument",
                        "--output",
                        image.toString())
                .inheritIO()
                .start();
        assertThat(jlink.waitFor()).isZero();

        try (Running jvm =
                quiet(new Jdks.Jdk(jdk.feature(), image), config(RULES + "[admin]\nlisten = \"127.0.0.1:0\"\n"))) {
            int port = EndpointClient.port(jvm);
            for (String path : new String[] {"/", "/status", "/history", "/configuration", "/metrics"}) {
                assertThat(EndpointClient.get(port, path).status())
                        .as(path + "\n" + jvm.err())
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void is_not_even_loaded_where_nobody_asks_for_it(Jdks.Jdk jdk) throws IOException {
        Path loaded = directory.resolve("loaded.txt");
        try (Running jvm = new ForkedJvm(jdk)
                .agent(config(RULES).toString())
                .jvm("-Xlog:class+load:file=" + loaded)
                .main(QuietProgram.class)
                .start()) {
            await().atMost(Duration.ofSeconds(40)).until(() -> jvm.err().contains("is active"));
            jvm.end().succeeded();
        }

        assertThat(loaded)
                .content()
                .contains("dev.holdfast.runtime.Reload")
                .doesNotContain("dev.holdfast.admin.Endpoint", "dev.holdfast.admin.Server")
                .doesNotContain("dev.holdfast.observe.otlp", "io.micrometer", "com.google.protobuf");
    }

    private Running quiet(Jdks.Jdk jdk, Path file) {
        return new ForkedJvm(jdk)
                .agent(file.toString())
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .main(QuietProgram.class)
                .within(Duration.ofSeconds(30))
                .start();
    }

    private String hosts() throws IOException {
        Path file = Files.writeString(
                directory.resolve("hosts"),
                "127.0.0.1 localhost " + String.join(".shop.example ", WatchedProgram.SERVICES) + ".shop.example\n");
        return "-Djdk.net.hosts.file=" + file;
    }

    private Path config(String text) throws IOException {
        return Files.writeString(directory.resolve("holdfast.toml"), text);
    }

    private void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next.toml"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
