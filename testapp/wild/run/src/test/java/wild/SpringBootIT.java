package wild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Spring Boot service as it is shipped, in one jar: it answers by calling another service, and calls that regularly.
 */
class SpringBootIT {
    private static final Path JAR =
            Path.of("..", "boot", "target", "boot.jar").toAbsolutePath().normalize();
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final int TERMINATED = 128 + 15;
    private static final String WELL = "fine /feed/0, fine /feed/1, fine /feed/2, fine /feed/3";

    /** The parts that differ from run to run: times, durations, process and ports. */
    private static final Pattern VARYING = Pattern.compile("^\\S+Z |\\b\\d+(\\.\\d+)? (seconds|ms)\\b"
            + "|\\(process running for [^)]*\\)|with PID \\d+|INFO \\d+|port \\d+|auto-\\d+-exec-\\d+");

    @TempDir
    Path directory;

    private final HttpClient caller = HttpClient.newHttpClient();
    private Path config;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(directory.resolve("holdfast.toml"), """
                [hosts."127.0.0.2".retry]
                initial_delay = "100ms"
                """);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void undisturbed_it_does_says_and_sends_the_same(Jdk jdk) throws Exception {
        Seen without = calm(jdk, null);
        Seen with = calm(jdk, config);

        assertThat(without.answers).containsExactly("200 fine /price/1", "200 fine /order/1", "200 " + WELL);
        assertThat(with.answers).isEqualTo(without.answers);
        assertThat(with.received).isEqualTo(without.received).hasSize(6);
        assertThat(with.result.exit()).isEqualTo(without.result.exit()).isEqualTo(TERMINATED);
        assertThat(log(with)).isEqualTo(log(without)).anyMatch(line -> line.contains("Graceful shutdown complete"));
        assertThat(without.result.err()).isEmpty();
        assertThat(with.result.err().lines())
                .singleElement()
                .asString()
                .startsWith("[holdfast] 0.1.0 is active: 1 policy from " + config);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void its_callers_see_nothing_of_a_flaky_service(Jdk jdk) throws Exception {
        List<String> without = disturbed(jdk, null);
        List<String> with = disturbed(jdk, config);

        assertThat(without)
                .containsExactly(
                        "502 ServiceUnavailable",
                        "502 ResourceAccessException",
                        "502 ServiceUnavailable",
                        "1 order sent",
                        "ServiceUnavailable, ServiceUnavailable, ServiceUnavailable, ServiceUnavailable",
                        "502 ServiceUnavailable",
                        "ended with 143");
        assertThat(with)
                .containsExactly(
                        "200 fine /price/503",
                        "200 fine /price/reset",
                        "502 ServiceUnavailable",
                        "1 order sent",
                        WELL,
                        "200 fine /price/last",
                        "ended with 143");
    }

    private record Seen(List<String> answers, List<String> received, Result result) {}

    private Seen calm(Jdk jdk, @Nullable Path policies) throws Exception {
        try (Upstream upstream = Upstream.calm();
                ForkedJvm.Running service = start(jdk, policies, upstream)) {
            URI uri = uri(service);
            List<String> answers = List.of(get(uri.resolve("/price/1")), post(uri.resolve("/order/1")), feed(uri));
            terminate(service);
            return new Seen(answers, upstream.received(), service.end());
        }
    }

    private List<String> disturbed(Jdk jdk, @Nullable Path policies) throws Exception {
        try (Upstream upstream = new Upstream(SpringBootIT::spoiled);
                ForkedJvm.Running service = start(jdk, policies, upstream)) {
            URI uri = uri(service);
            String busy = get(uri.resolve("/price/503"));
            String reset = get(uri.resolve("/price/reset"));
            String order = post(uri.resolve("/order/1"));
            String orders = upstream.requests("/order/1") + " order sent";
            String feed = feed(uri).substring("200 ".length());
            // It is told to end while a caller waits, perhaps for the second attempt: that caller is still served.
            CompletableFuture<HttpResponse<String>> last = caller.sendAsync(
                    HttpRequest.newBuilder(uri.resolve("/price/last")).build(), BodyHandlers.ofString());
            await().until(() -> upstream.requests("/price/last") > 0);
            terminate(service);
            String response = text(last.get());
            return List.of(
                    busy,
                    reset,
                    order,
                    orders,
                    feed,
                    response,
                    "ended with " + service.end().exit());
        }
    }

    private static List<ScriptedResponse> spoiled(String path) {
        return switch (path) {
            case "/price/503" -> List.of(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(503, "busy"));
            case "/price/reset" ->
                List.of(ScriptedResponse.afterRequest(Cut.RESET), ScriptedResponse.afterRequest(Cut.RESET));
            case "/price/last" -> List.of(ScriptedResponse.respond(503, "busy").delayed(Duration.ofMillis(300)));
            default -> List.of(ScriptedResponse.respond(503, "busy"));
        };
    }

    private static ForkedJvm.Running start(Jdk jdk, @Nullable Path policies, Upstream upstream) {
        ForkedJvm jvm = new ForkedJvm(jdk).classPath("");
        if (policies != null) {
            jvm.agent(policies.toString());
        }
        return jvm.main(
                        "-jar",
                        JAR.toString(),
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.main.banner-mode=off",
                        "--upstream=" + upstream.uri().replaceAll("/$", ""))
                .start();
    }

    private static URI uri(ForkedJvm.Running service) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> STARTED.matcher(service.out()).find());
        Matcher started = STARTED.matcher(service.out());
        assertThat(started.find()).isTrue();
        return URI.create("http://127.0.0.1:" + started.group(1) + "/");
    }

    private String feed(URI uri) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> get(uri.resolve("/feed")), seen -> seen.split(",").length == 4);
    }

    private String get(URI uri) throws IOException, InterruptedException {
        return text(caller.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
    }

    private String post(URI uri) throws IOException, InterruptedException {
        return text(caller.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString()));
    }

    private static String text(HttpResponse<String> response) {
        return response.statusCode() + " " + response.body();
    }

    private static void terminate(ForkedJvm.Running service) {
        ProcessHandle.of(service.pid()).orElseThrow().destroy();
    }

    /** Threads are not in step. */
    private static List<String> log(Seen seen) {
        return seen.result.lines().stream()
                .map(line -> VARYING.matcher(line).replaceAll("(varies)"))
                .sorted()
                .toList();
    }
}
