package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three services in a row, each a JVM with the agent under the default budget, before an origin that is down: as
 * {@code RetryStormTest} has it in simulated time. They wait shorter than by default, so that the test is short.
 */
class RetryStormIT {
    private static final int SERVICES = 3;

    @TempDir
    Path directory;

    @Test
    void one_call_makes_ten_requests_at_a_dead_origin_at_most_and_forty_more_a_few_each() throws Exception {
        String config =
                Files.writeString(directory.resolve("holdfast.toml"), """
                        [retry]
                        initial_delay = "5ms"
                        [[hosts."localhost".routes]]
                        path = "/without-budget"
                        [hosts."localhost".routes.retry.budget]
                        enabled = false
                        """).toString();
        Deque<ForkedJvm.Running> services = new ArrayDeque<>();
        try (ScriptedServer origin = ScriptedServer.http()) {
            origin.otherwise(ScriptedResponse.respond(503));
            int port = origin.port();
            for (int i = 0; i < SERVICES; i++) {
                ForkedJvm.Running service = service(config, port);
                services.push(service);
                port = port(service);
            }
            HttpClient user = HttpClient.newHttpClient();

            assertThat(status(user, port, "/one")).isEqualTo(503);
            assertThat(received(origin, "/one"))
                    .as("4 of its own, and at most 3 retries more of each service above")
                    .isBetween(4L, 10L);

            int first = port;
            assertThat(IntStream.range(0, 40).parallel().map(i -> status(user, first, "/forty")))
                    .containsOnly(503);
            assertThat(received(origin, "/forty"))
                    .as("what is left of 3 retries in 30 s for each service")
                    .isBetween(40L, 40L + SERVICES * 3);

            assertThat(status(user, port, "/without-budget")).isEqualTo(503);
            assertThat(received(origin, "/without-budget")).as("4 x 4 x 4").isEqualTo(64);
        } finally {
            services.forEach(ForkedJvm.Running::close);
        }
    }

    private static long received(ScriptedServer origin, String path) {
        return origin.requests().stream()
                .map(ReceivedRequest::target)
                .filter(path::equals)
                .count();
    }

    private static ForkedJvm.Running service(String config, int next) {
        return new ForkedJvm(Jdks.all().get(Jdks.all().size() - 1))
                .agent(config)
                .main(RelayProgram.class, "http://localhost:" + next)
                .start();
    }

    private static int port(ForkedJvm.Running service) {
        await().atMost(Duration.ofSeconds(40)).until(() -> service.out().contains("\n"));
        return Integer.parseInt(service.out().strip().substring("port ".length()));
    }

    private static int status(HttpClient user, int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
        try {
            return user.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
