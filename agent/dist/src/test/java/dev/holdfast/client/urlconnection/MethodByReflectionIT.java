package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A method that was set by reflection is sent if it is one, and refused before anything is sent if not. */
class MethodByReflectionIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void only_a_token_reaches_the_origin(Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\n");
        String refused = "java.net.ProtocolException: Invalid HTTP method: not a token";
        try (ScriptedServer server = ScriptedServer.http()) {
            assertThat(new ForkedJvm(jdk)
                            .agent(config.toString())
                            .jvm("--add-opens", "java.base/java.net=ALL-UNNAMED")
                            .main(MethodByReflection.class, server.uri("/a").toString())
                            .run()
                            .succeeded()
                            .lines())
                    .containsExactly(
                            "asked for true",
                            "200",
                            "200",
                            "asked for true",
                            "200",
                            "200", //
                            "asked for true",
                            refused,
                            refused,
                            "asked for true",
                            refused,
                            refused);
            assertThat(server.requests())
                    .extracting(ReceivedRequest::method, ReceivedRequest::target)
                    .containsExactly(tuple("PATCH", "/a"), tuple("PATCH", "/a"));
        }
    }
}
