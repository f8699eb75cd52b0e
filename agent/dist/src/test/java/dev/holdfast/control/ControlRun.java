package dev.holdfast.control;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The program and its server, once: without Holdfast, or with it. Each call has a script of what the server does with
 * its first request, its second, and so on; without Holdfast there is but one.
 */
final class ControlRun implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("the admin endpoint is (http://[^/]*:\\d+)/");
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    /** The reaction of a server to a request. */
    enum Fault {
        /** 200. */
        NONE(ScriptedResponse.respond(200, "ok")),
        /** 503. */
        BUSY(ScriptedResponse.respond(503, "busy")),
        /** 200, when the test says so. */
        SLOW(ScriptedResponse.respond(200, "ok").held()),
        /** 503, when the test says so. */
        SLOWLY_BUSY(ScriptedResponse.respond(503, "busy").held()),
        /** 200, with a body that ends too soon. */
        CUT(ScriptedResponse.respond(200, "half of it").cutInBody(4, ScriptedResponse.Cut.CLOSE));

        private final ScriptedResponse response;

        Fault(ScriptedResponse response) {
            this.response = response;
        }
    }

    /** One call of the program. */
    static final class Call {
        private final String host;
        private final List<Fault> script;
        private final AtomicInteger arrived = new AtomicInteger();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile boolean knowable = true;

        Call(String host, List<Fault> script) {
            this.host = host;
            this.script = script;
        }

        /** Returns the host that it goes to. */
        String host() {
            return host;
        }

        /** Returns how many requests of it have arrived. */
        int arrived() {
            return arrived.get();
        }

        /** Returns how many requests of it have arrived for its own host. */
        int attempts() {
            return attempts.get();
        }

        /** Returns whether the server's answer to its first request came before the program had its response. */
        boolean firstAttemptEndedByItself() {
            return knowable && arrived.get() > 0;
        }
    }

    final boolean withHoldfast;
    final ForkedJvm.Running jvm;
    private final ScriptedServer server = ScriptedServer.http();
    private final Map<Integer, Call> calls = new LinkedHashMap<>();
    private final Map<Integer, Call> seen = new ConcurrentHashMap<>();

    /**
     * Starts it.
     *
     * @param config the agent's, with {@code PORT} for the server's; null for none
     * @param directory for its files
     */
    ControlRun(Jdks.Jdk jdk, String client, @Nullable String config, Path directory) throws IOException {
        withHoldfast = config != null;
        server.otherwise(this::answer);
        Path hosts = Files.writeString(
                directory.resolve("hosts"),
                "127.0.0.1 localhost other.example " + String.join(" ", FaultScript.HOSTS) + "\n");
        ForkedJvm fork = new ForkedJvm(jdk).jvm("-Djdk.net.hosts.file=" + hosts);
        if (config != null) {
            fork.agent(Files.writeString(
                            directory.resolve("holdfast.toml"), config.replace("PORT", String.valueOf(server.port())))
                    .toString());
        }
        jvm = fork.main(ControlProgram.class, client).start();
    }

    private ScriptedResponse answer(ReceivedRequest request) {
        Call call = seen.get(Integer.parseInt(request.header("X-Call").orElseThrow()));
        int number = call.arrived.getAndIncrement();
        if (request.header("Host").orElseThrow().startsWith(call.host)) {
            call.attempts.incrementAndGet();
        }
        return call.script.get(Math.min(number, call.script.size() - 1)).response;
    }

    /** Begins a call with its script; its last line holds for all further requests. */
    int begin(String host, Fault... script) {
        int id = calls.size();
        Call call = new Call(host, List.of(script));
        calls.put(id, call);
        seen.put(id, call);
        jvm.tell("call " + id + " http://" + host + ":" + server.port() + "/");
        return id;
    }

    /** Makes a call and waits for its end. */
    void call(String host, Fault... script) {
        end(begin(host, script));
    }

    /** The program gives up a call whose request has arrived. */
    void cancel(int id) {
        arrived(id, 1);
        jvm.tell("cancel " + id);
        end(id);
    }

    /** Waits until this many requests of a call have arrived; without Holdfast there is one. */
    void arrived(int id, int withHoldfastSo) {
        int count = withHoldfast ? withHoldfastSo : 1;
        until(() -> calls.get(id).arrived() >= count);
    }

    /** Returns how many calls have ended. */
    int ended(List<Integer> ids) {
        return (int) ids.stream().filter(ends()::containsKey).count();
    }

    /** Holdfast has counted no call to a host that the program still waits for. */
    void noFigureIsAheadOf(String host) throws IOException, InterruptedException {
        if (!withHoldfast) {
            return;
        }
        long ended = calls.keySet().stream()
                .filter(id -> calls.get(id).host.equals(host) && ends().containsKey(id))
                .count();
        for (JsonNode origin : JsonMapper.shared().readTree(get("/status")).get("origins")) {
            if (URI.create(origin.get("origin").asString()).getHost().equals(host)) {
                long counted = 0;
                for (JsonNode count : origin.at("/clients/0/calls")) {
                    counted += count.asLong();
                }
                assertThat(counted).as("calls to " + host + " that have ended").isEqualTo(ended);
                assertThat(origin.at("/call_duration/count").asLong())
                        .as("durations of calls to " + host)
                        .isEqualTo(ended);
                return;
            }
        }
        throw new AssertionError("nothing is known of " + host);
    }

    /** Returns what the agent's endpoint answers. */
    String get(String path) throws IOException, InterruptedException {
        Matcher address = await().atMost(Duration.ofSeconds(30)).until(() -> ADDRESS.matcher(jvm.err()), Matcher::find);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address.group(1) + path)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** Lets the server go on with what it holds. */
    void release() {
        server.release();
    }

    /** Lets the server go on with all that it holds, until a call ends by that. */
    void releaseUntilEnd(int id) {
        until(() -> {
            server.release();
            return ends().containsKey(id);
        });
    }

    /** Waits for the end of a call whose first request the server goes on to hold; without Holdfast it is let go. */
    void endBeforeTheFirstAnswer(int id) {
        calls.get(id).knowable = false;
        if (withHoldfast) {
            end(id);
        } else {
            releaseUntilEnd(id);
        }
    }

    /** Waits for the end of a call. */
    String end(int id) {
        until(() -> ends().containsKey(id));
        return ends().get(id);
    }

    void until(BooleanSupplier condition) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("the program said\n" + jvm.out() + jvm.err(), e);
        }
    }

    /** All calls by their numbers. */
    Map<Integer, Call> calls() {
        return calls;
    }

    /** Returns what the program got, by call. */
    Map<Integer, String> ends() {
        Map<Integer, String> ends = new LinkedHashMap<>();
        // A line that is being written is not there yet.
        String out = jvm.out();
        out.substring(0, out.lastIndexOf('\n') + 1).lines().forEach(line -> {
            int space = line.indexOf(' ');
            ends.put(Integer.parseInt(line.substring(0, space)), line.substring(space + 1));
        });
        return ends;
    }

    @Override
    public void close() {
        jvm.close();
        server.close();
    }
}
