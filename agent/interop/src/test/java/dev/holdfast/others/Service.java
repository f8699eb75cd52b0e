package dev.holdfast.others;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service that fails by what a request's path says, under a policy that does something else for each of the first
 * segments; and another origin, which a call can fall back to.
 */
final class Service implements AutoCloseable {
    private static final String POLICY = """
            [retry]
            initial_delay = "20ms"
            max_delay = "20ms"

            [[hosts."127.0.0.1".routes]]
            path = "/patient/**"
            retry.initial_delay = "60s"
            retry.max_delay = "60s"

            [[hosts."127.0.0.1".routes]]
            path = "/timed/**"
            retry.attempt_timeout = "20s"

            [[hosts."127.0.0.1".routes]]
            path = "/hedged/**"
            retry.hedge.delay = "50ms"

            [[hosts."127.0.0.1".routes]]
            path = "/answered/**"
            retry.max_retries = 1
            retry.fallback.strategy = "default_value"
            retry.fallback.default_value.status = 200

            [[hosts."127.0.0.1".routes]]
            path = "/elsewhere/**"
            retry.max_retries = 1
            retry.fallback.strategy = "degraded"
            retry.fallback.degraded.url = "OTHER"

            [[hosts."127.0.0.1".routes]]
            path = "/limited/**"
            limits.max_concurrent = 1
            limits.max_wait = "10s"

            [hosts."127.0.0.2"]
            mode = "off"
            """;

    private final ScriptedServer server = ScriptedServer.http("127.0.0.1");
    private final ScriptedServer other = ScriptedServer.http("127.0.0.2");
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();

    Service() {
        server.otherwise(this::answer);
    }

    /** Writes the configuration. */
    String policy(Path directory) throws IOException {
        return Files.writeString(
                        directory.resolve("holdfast.toml"),
                        POLICY.replace("OTHER", other.uri("/").toString()))
                .toString();
    }

    /** {@code …/failsN} answers N times with 503, {@code …/hangs} not at all at first, {@code …/held} when released. */
    private ScriptedResponse answer(ReceivedRequest request) {
        int times = seen.merge(request.target(), 1, Integer::sum);
        String name = request.target().substring(request.target().lastIndexOf('/') + 1);
        if (name.startsWith("fails") && times <= Integer.parseInt(name.substring("fails".length()))) {
            return ScriptedResponse.respond(503);
        }
        return name.equals("hangs") && times == 1
                ? ScriptedResponse.afterRequest(Cut.HANG)
                : name.equals("held") ? ScriptedResponse.respond(200).held() : ScriptedResponse.respond(200);
    }

    String uri(String path) {
        return server.uri(path).toString();
    }

    /** Returns what it received for a path, the other origin's included. */
    List<ReceivedRequest> requests(String path) {
        return java.util.stream.Stream.concat(server.requests().stream(), other.requests().stream())
                .filter(request -> request.target().equals(path))
                .toList();
    }

    ScriptedServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
        other.close();
    }
}
