package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A {@link WaitingProgram} under the packaged agent, and its server, which answers the first request for each path with
 * 503, and any other with 200.
 */
final class WaitingRun implements AutoCloseable {
    private static final List<String> WAYS = List.of("/u/", "/s/", "/a/", "/n/");
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final ScriptedServer server = ScriptedServer.http();
    private final ForkedJvm.Running program;
    private int seen;

    /** Starts it with these JVM options. */
    WaitingRun(Jdk jdk, String... options) {
        this(new ForkedJvm(jdk), options);
    }

    /** Starts it in this JVM, with these options more. */
    WaitingRun(ForkedJvm jvm, String... options) {
        Set<String> known = ConcurrentHashMap.newKeySet();
        server.otherwise(request -> ScriptedResponse.respond(known.add(request.target()) ? 503 : 200));
        program = jvm.classPath(
                        Path.of("target", "test-classes").toAbsolutePath().toString())
                .jvm(options)
                .main(WaitingProgram.class, server.uri("").toString())
                .start();
    }

    /** The option that loads the packaged agent with an argument. */
    static String agent(Object argument) {
        return "-javaagent:" + ForkedJvm.agentJar() + "=" + argument;
    }

    /** Its calls in each way reach the server once, and get what that answers. */
    void assertUntouched(String name) {
        assertCalls(name, 503, 1);
    }

    /** Its calls in each way are sent again. */
    void assertRetried(String name) {
        assertCalls(name, 200, 2);
    }

    private void assertCalls(String name, int status, int attempts) {
        program.tell(name);
        String expected = name + " " + (status + " ").repeat(3) + status;
        await().atMost(LONGEST).until(() -> program.out().lines().anyMatch(line -> line.startsWith(name + " ")));
        assertThat(program.out().lines()).as(program.err()).contains(expected);
        List<String> wanted = new ArrayList<>();
        for (String way : WAYS) {
            for (int i = 0; i < attempts; i++) {
                wanted.add("GET " + way + name);
            }
        }
        List<ReceivedRequest> all = server.requests();
        List<ReceivedRequest> these = all.subList(seen, all.size());
        seen = all.size();
        assertThat(these)
                .extracting(request -> request.method() + " " + request.target())
                .isEqualTo(wanted);
        for (int i = 0; i < these.size(); i += attempts) {
            assertThat(these.get(i + attempts - 1).headers())
                    .isEqualTo(these.get(i).headers());
        }
        assertThat(these).allSatisfy(request -> assertThat(request.body()).isEmpty());
    }

    /** Waits until standard error has a text, and gives what it has then. */
    String awaitErr(String text) {
        await().atMost(LONGEST).untilAsserted(() -> assertThat(program.err()).contains(text));
        return program.err();
    }

    /** Standard error so far. */
    String err() {
        return program.err();
    }

    /** Its process. */
    String pid() {
        return Long.toString(program.pid());
    }

    /** Lets it end by itself. */
    ForkedJvm.Result end() {
        return program.end();
    }

    @Override
    public void close() {
        program.close();
        server.close();
    }
}
