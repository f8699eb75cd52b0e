package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.jdkhttp.Http2Server.Does;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A server that says that it did nothing with a request (REFUSED_STREAM, or a GOAWAY that excludes its stream: RFC
 * 9113, 8.7 and 6.8) is sent it again, whatever its method; one that says anything else is not. Newer clients send such
 * a request once more themselves, which is then one attempt.
 */
class UnprocessedIT {
    private static final List<String> WAYS = List.of("upgrade", "send", "async");
    private static final String POLICY = """
            [hosts."127.0.0.1".retry]
            max_retries = 3
            initial_delay = "1ms"
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void whatTheServerDidNotProcessIsSentAgain(Jdk jdk) throws IOException {
        for (Does does : List.of(Does.REFUSE, Does.GO_AWAY)) {
            for (Seen seen : seen(agent(jdk, POLICY), WAYS, does, does, Does.ANSWER)) {
                assertThat(seen.outcome).as("%s %s", does, seen.way).isEqualTo("ok");
                assertThat(seen.bodies).as("%s %s", does, seen.way).containsExactly("order", "order", "order");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void whatItMayHaveProcessedIsSentOnce(Jdk jdk) throws IOException {
        for (Does does : List.of(Does.RESET, Does.CANCEL, Does.GO_AWAY_WITH_FIRST)) {
            for (Seen seen : seen(agent(jdk, POLICY), WAYS, does)) {
                assertThat(seen.outcome).as("%s %s", does, seen.way).startsWith("java.io.IOException: ");
                assertThat(seen.bodies).as("%s %s", does, seen.way).containsExactly("order");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void ofTwoStreamsTheOneIsSentAgainThatIsExcluded(Jdk jdk) throws IOException {
        for (Seen seen : seen(agent(jdk, POLICY), List.of("both"), Does.HANG, Does.GO_AWAY_WITH_FIRST)) {
            boolean second = seen.outcome.endsWith("second ok");
            assertThat(seen.outcome).contains("java.io.IOException: ").contains(second ? "second ok" : "first ok");
            assertThat(Collections.frequency(seen.bodies, "second")).isEqualTo(second ? 2 : 1);
            assertThat(Collections.frequency(seen.bodies, "first")).isEqualTo(second ? 1 : 2);
            assertThat(seen.bodies).hasSize(3);
        }
    }

    /** The origin has acted on the request before a redirect; a body that is used up cannot be sent again. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void nothingMoreIsSentThanByTheClientWhereThatIsNoProofOrThereIsNoBody(Jdk jdk) throws IOException {
        List<String> ways = List.of("redirects", "once");
        assertThat(seen(agent(jdk, POLICY), ways, Does.REFUSE, Does.REFUSE))
                .isEqualTo(seen(new ForkedJvm(jdk), ways, Does.REFUSE, Does.REFUSE))
                .allSatisfy(seen -> assertThat(seen.outcome).startsWith("java.io.IOException: "));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void withoutAPolicyNothingDiffers(Jdk jdk) throws IOException {
        List<String> ways = List.of("upgrade", "send", "async", "redirects", "once");
        for (Does does : List.of(Does.REFUSE, Does.GO_AWAY, Does.RESET, Does.GO_AWAY_WITH_FIRST)) {
            assertThat(seen(agent(jdk, POLICY.replace("127.0.0.1", "127.0.0.2")), ways, does, does, does))
                    .isEqualTo(seen(new ForkedJvm(jdk), ways, does, does, does));
        }
    }

    private ForkedJvm agent(Jdk jdk, String policy) throws IOException {
        Path config = directory.resolve("holdfast.toml");
        Files.writeString(config, policy);
        return new ForkedJvm(jdk).agent(config.toString());
    }

    /** Each way has a server of its own, which does this with what is posted. */
    private static List<Seen> seen(ForkedJvm jvm, List<String> ways, Does... script) throws IOException {
        List<Http2Server> servers = new ArrayList<>();
        try {
            List<String> arguments = new ArrayList<>();
            for (String way : ways) {
                List<Does> whole = new ArrayList<>(List.of(script));
                if (!way.equals("upgrade")) {
                    whole.add(0, Does.ANSWER);
                }
                Http2Server server = new Http2Server(whole.toArray(new Does[0]));
                servers.add(server);
                arguments.addAll(List.of(way, server.uri().toString()));
            }
            List<String> outcomes = jvm.main(UnprocessedProgram.class, arguments.toArray(new String[0]))
                    .run()
                    .succeeded()
                    .lines();
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < ways.size(); i++) {
                List<String> bodies = servers.get(i).bodies().stream()
                        .map(body -> new String(body, StandardCharsets.UTF_8))
                        .toList();
                int asked = ways.get(i).equals("upgrade") ? 0 : 1;
                seen.add(new Seen(ways.get(i), outcomes.get(i), bodies.subList(asked, bodies.size())));
            }
            return seen;
        } finally {
            for (Http2Server server : servers) {
                server.close();
            }
        }
    }

    private record Seen(String way, String outcome, List<String> bodies) {}
}
