package wild;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The service that a program calls: spoils the first answers to each path, and gives its path for an answer from then
 * on.
 */
final class Upstream implements AutoCloseable {
    private final ScriptedServer server;
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    /**
     * Starts it.
     *
     * @param spoiled what a path is answered first, one after the other
     */
    Upstream(Function<String, List<ScriptedResponse>> spoiled) {
        // Not where the programs themselves are called, so that a policy can be for this service alone.
        server = ScriptedServer.http("127.0.0.2");
        server.otherwise(request -> {
            String path = request.target();
            int before = asked.computeIfAbsent(path, p -> new AtomicInteger()).getAndIncrement();
            List<ScriptedResponse> first = spoiled.apply(path);
            return before < first.size() ? first.get(before) : ScriptedResponse.respond(200, "fine " + path);
        });
    }

    /** A service that is well. */
    static Upstream calm() {
        return new Upstream(path -> List.of());
    }

    /** Each path is answered 503 once. */
    static Upstream busy() {
        return new Upstream(path -> List.of(ScriptedResponse.respond(503, "busy")));
    }

    String uri() {
        return server.uri("/").toString();
    }

    int port() {
        return server.port();
    }

    /** Returns how many requests there were to a path. */
    long requests(String path) {
        return server.requests().stream().filter(r -> r.target().equals(path)).count();
    }

    /** Waits for so many requests. */
    void awaitRequests(int count) {
        server.awaitRequests(count);
    }

    /** All that arrived, each request as text, by path: programs call from several threads. */
    List<String> received() {
        return server.requests().stream().map(this::text).sorted().toList();
    }

    private String text(ReceivedRequest request) {
        String text = request.target() + " " + request.method() + " " + request.headers() + " " + request.text();
        return text.replace(":" + server.port(), ":PORT");
    }

    @Override
    public void close() {
        server.close();
    }
}
