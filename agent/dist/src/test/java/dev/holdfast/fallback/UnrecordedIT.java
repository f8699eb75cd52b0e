package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing is recorded of a host whose policy has no {@code cache}, although another host's has: no class that takes
 * part in recording is loaded by a program that calls that host alone.
 */
class UnrecordedIT {
    /** The classes of each client that hand bytes over, and the classes that both hand them to. */
    private static final List<String> RECORDERS = List.of(
            "dev.holdfast.client.jdkhttp.ResponseRecorder",
            "dev.holdfast.exchange.RecordedResponseStream",
            "dev.holdfast.fallback.ResponseCache",
            "dev.holdfast.fallback.CachedResponses",
            "dev.holdfast.fallback.StoredResponse",
            "dev.holdfast.fallback.ResponseRecording");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_host_without_the_strategy_pays_nothing_for_another_that_has_it(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry.fallback]
                strategy = "default_value"
                [retry.fallback.default_value]
                status = 203
                [hosts.localhost.retry.fallback]
                strategy = "cache"
                """);
        try (ScriptedServer server = ScriptedServer.http()) {
            server.otherwise(ScriptedResponse.respond(200, "answer").closing());
            URI without = server.uri("/");
            URI with = URI.create("http://localhost:" + server.port() + "/");

            assertThat(recordersOf(jdk, config, with)).containsExactlyElementsOf(RECORDERS);
            assertThat(recordersOf(jdk, config, without)).isEmpty();
        }
    }

    private List<String> recordersOf(Jdks.Jdk jdk, Path config, URI called) throws IOException {
        Path loaded = Files.createTempFile(directory, "loaded", ".txt");
        ForkedJvm.Result result = new ForkedJvm(jdk)
                .agent(config.toString())
                .jvm("-Xlog:class+load:file=" + loaded)
                .main(RestartedProgram.class, called.toString())
                .run()
                .succeeded();
        assertThat(result.lines()).containsExactly("HttpClient answer live", "HttpURLConnection answer live");
        assertThat(result.err()).contains("is active: 2 policies");
        String classes = Files.readString(loaded);
        return RECORDERS.stream()
                .filter(name -> classes.contains(" " + name + " "))
                .toList();
    }
}
