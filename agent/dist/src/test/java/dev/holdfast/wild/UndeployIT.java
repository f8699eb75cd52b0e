package dev.holdfast.wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An application that was undeployed is collected, whatever it gave the clients, and whoever waited for a retry first;
 * and the JVM's classes are as many after a long time as after a short one, however often the agent's file changed.
 */
class UndeployIT {
    private static final int ROUNDS = Integer.getInteger("wild.rounds", 10);
    /** The JDK itself keeps some for a while, without the agent too; a leak of ours keeps each. */
    private static final int MAY_BE_LEFT = 5;

    /** Some of the JDK's come late. 100 applications that stay are some 1,000 classes and 10 MiB. */
    private static final int MORE_CLASSES = 100;

    private static final int MORE_KIB = 1024;
    private static final Pattern MORE =
            Pattern.compile("since half time (-?\\d+) classes and (-?\\d+) KiB of metaspace more");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void class_loaders_of_undeployed_applications_are_collected(Jdk jdk) throws IOException {
        Path classes = Path.of("target", "test-classes").toAbsolutePath();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (ScriptedServer server = ScriptedServer.http("127.0.0.1")) {
            server.otherwise(request -> request.target().contains("/degraded/")
                    ? ScriptedResponse.respond(
                            request.header("Host").orElse("").contains("localhost") ? 503 : 200, "degraded")
                    : seen.add(request.target())
                            ? ScriptedResponse.respond(503, "busy")
                            : ScriptedResponse.respond(200, "fine"));
            Path config = Files.writeString(
                    directory.resolve("holdfast.toml"), """
                    [reload]
                    every = "50ms"
                    [retry]
                    initial_delay = "1ms"
                    max_delay = "1ms"
                    attempt_timeout = "20s"
                    buffer_response = "1KiB"
                    [retry.budget]
                    enabled = false
                    [retry.circuit_breaker]
                    enabled = true
                    [retry.hedge]
                    delay = "1ms"
                    [retry.fallback]
                    cache_dir = "%s"
                    [limits]
                    max_concurrent = 100
                    [hosts.localhost.retry]
                    max_retries = 0
                    [hosts.localhost.retry.circuit_breaker]
                    enabled = false
                    [hosts.localhost.retry.fallback]
                    strategy = ["cache", "degraded"]
                    [hosts.localhost.retry.fallback.degraded]
                    url = "%s"
                    """.formatted(directory.resolve("cache"), server.uri("/")));

            ForkedJvm.Result result = new ForkedJvm(jdk)
                    .agent(config.toString())
                    .classPath(classes.toString())
                    .main(
                            Container.class,
                            classes.toUri().toString(),
                            server.uri("/").toString(),
                            "" + ROUNDS,
                            "" + MAY_BE_LEFT,
                            config.toString())
                    .within(Duration.ofSeconds(60 + ROUNDS))
                    .run()
                    .succeeded();

            assertThat(result.out())
                    .as(result.err())
                    .containsPattern("^left [0-" + MAY_BE_LEFT + "], unloaded classes true");
            Matcher more = MORE.matcher(result.out());
            assertThat(more.find()).isTrue();
            assertThat(Integer.parseInt(more.group(1))).as(more.group()).isLessThan(MORE_CLASSES);
            assertThat(Integer.parseInt(more.group(2))).as(more.group()).isLessThan(MORE_KIB);
            assertThat(server.requests())
                    .filteredOn(r -> r.target().contains("/degraded/"))
                    .as("asked at the one origin and at the other")
                    .hasSizeGreaterThanOrEqualTo(2 * 3 * ROUNDS);
        }
    }
}
