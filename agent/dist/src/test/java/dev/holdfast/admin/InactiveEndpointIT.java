package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.observe.meters.OtlpSamples;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The endpoint where {@code [admin]} can be read and no policy is in force: it says why. */
class InactiveEndpointIT {
    private static final String ADMIN = "[admin]\nlisten = \"127.0.0.1:0\"\n";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_says_why_no_policy_is_in_force(Jdks.Jdk jdk) throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put(ADMIN, "no_policies");
        reasons.put("mode = \"off\"\n[retry]\n" + ADMIN, "off");
        reasons.put("[retry]\nmax_retris = 3\n" + ADMIN, "file_invalid");
        reasons.put("[hosts.\"**.com\".retry]\n" + ADMIN, "file_invalid");
        reasons.put(ADMIN + "[retry]\nmax_retries = = 3\n", "file_invalid");

        int number = 0;
        for (Map.Entry<String, String> file : reasons.entrySet()) {
            Path path = Files.writeString(directory.resolve("h" + number++ + ".toml"), file.getKey());
            try (Running jvm = quiet(jdk, path)) {
                int port = EndpointClient.port(jvm);

                String status = EndpointClient.get(port, "/status").body();
                assertThat(status)
                        .contains("\"active\":false", "\"reason\":\"" + file.getValue() + "\"", path.toString());
                assertThat(status.contains("\"error\":null"))
                        .isEqualTo(!file.getValue().equals("file_invalid"));
                assertThat(EndpointClient.get(port, "/metrics").body())
                        .contains("holdfast_active{reason=\"" + file.getValue() + "\"} 0.0\n");
                assertThat(EndpointClient.get(port, "/").status()).isEqualTo(200);
                assertThat(EndpointClient.get(port, "/explain?url=http://a.example/")
                                .status())
                        .isEqualTo(200);
                assertThat(EndpointClient.get(port, "/configuration").body()).contains(path.toString());

                put(path, "[retry]\n" + ADMIN);

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(
                                        EndpointClient.get(port, "/metrics").body())
                                .contains("holdfast_active{reason=\"active\"} 1.0\n")
                                .doesNotContain("holdfast_active{reason=\"" + file.getValue()));
                assertThat(EndpointClient.get(port, "/status").body())
                        .contains("\"active\":true", "\"reason\":\"active\"", "\"error\":null");
                jvm.end().succeeded();
            }
        }
    }

    /** The same as the endpoint says, wherever else meters go. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void what_is_pushed_and_what_the_programs_own_registry_has_say_so_too(Jdks.Jdk jdk) throws IOException {
        try (ScriptedServer receiver = ScriptedServer.http().otherwise(ScriptedResponse.respond(200))) {
            String metrics = "[metrics]\napplication_registry = true\n[metrics.otlp]\nurl = \""
                    + receiver.uri("/v1/metrics") + "\"\nstep = \"1s\"\n";
            Path path = Files.writeString(directory.resolve("metered.toml"), metrics + "[retry]\nmax_retris = 3\n");
            try (Running jvm = new ForkedJvm(jdk)
                    .agent(path.toString())
                    .main(MeteredProgram.class)
                    .start()) {
                awaitActive(jvm, receiver, "file_invalid", 0);

                put(path, "mode = \"off\"\n[retry]\n" + metrics);
                awaitActive(jvm, receiver, "off", 0);

                put(path, metrics + "[retry]\n");
                awaitActive(jvm, receiver, "active", 1);
                jvm.end().succeeded();
            }
        }
    }

    private static void awaitActive(Running jvm, ScriptedServer receiver, String reason, double value) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            jvm.tell("active?");
            assertThat(jvm.out().lines()).last().isEqualTo("[" + reason + " " + value + "]");
            List<ReceivedRequest> pushes = receiver.requests().stream()
                    .filter(ReceivedRequest::complete)
                    .toList();
            assertThat(pushes).isNotEmpty();
            assertThat(OtlpSamples.of(pushes.get(pushes.size() - 1).body()).values())
                    .containsEntry("holdfast_active{reason=\"" + reason + "\"}", value);
        });
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_comes_with_a_file_whose_own_table_is_good_and_follows_it(Jdks.Jdk jdk) throws IOException {
        Path path = directory.resolve("holdfast.toml");
        try (Running jvm = quiet(jdk, path)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.err().contains("no such file"));
            put(path, "[retry]\n[admin]\nlisten = \"nonsense\"\n");
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.err().contains("admin.listen: found"));
            put(path, "[retry]\nmax_retris = 3\n" + ADMIN);

            int port = EndpointClient.port(jvm);

            assertThat(EndpointClient.get(port, "/status").body())
                    .contains("\"reason\":\"file_invalid\"", "max_retris");
            Files.delete(path);
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.err().contains("the admin endpoint is closed"));
            jvm.end().succeeded();
        }
    }

    private static Running quiet(Jdks.Jdk jdk, Path config) {
        return new ForkedJvm(jdk)
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .agent(config.toString())
                .main(QuietProgram.class)
                .start();
    }

    private static void put(Path file, String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.toml"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
