package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program that is started anew while its server is away still has its answers; once the server is back, they are
 * live.
 */
class RestartIT {
    /** The address that no call of another test leaves from, and so takes the port while the server is away. */
    private static final String HOST = "127.0.0.31";

    /** The address in the certificate. */
    private static final String SECURE_HOST = "127.0.0.25";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void answersOutliveTheirJvm(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 0
                [retry.circuit_breaker]
                enabled = true
                failure_threshold = 1
                success_threshold = 1
                timeout = "1s"
                [retry.fallback]
                strategy = "cache"
                cache_dir = "kept"
                """);
        ScriptedServer server = ScriptedServer.http(HOST);
        URI uri = server.uri("/answer");
        server.otherwise(ScriptedResponse.respond(200, "first").closing());
        assertThat(run(jdk, config, uri)).containsExactly("HttpClient first live", "HttpURLConnection first live");
        assertThat(directory.resolve("kept")).isDirectoryContaining("glob:**.answer");

        server.close();
        assertThat(run(jdk, config, uri)).containsExactly("HttpClient first cache", "HttpURLConnection first cache");

        try (ScriptedServer back = ScriptedServer.http(HOST, server.port())) {
            back.otherwise(ScriptedResponse.respond(200, "second").closing());
            assertThat(run(jdk, config, uri))
                    .containsExactly("HttpClient second live", "HttpURLConnection second live");
        }

        // Away and back while the program runs: live again within the breaker's time.
        try (ScriptedServer flaky = ScriptedServer.http(HOST, server.port())) {
            flaky.play(ScriptedResponse.respond(503))
                    .otherwise(ScriptedResponse.respond(200, "third").closing());
            assertThat(run(jdk, config, uri, "until-live"))
                    .startsWith("HttpClient second cache")
                    .endsWith("live again with third within 3 s");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void nobodyHasAnothersAnswerAfterARestart(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "cache"
                cache_dir = "kept"
                """);
        try (ScriptedServer server = ScriptedServer.http(HOST)) {
            for (String header : List.of("X-Consumer-ID", "Accept-Encoding", "X-Forwarded-For")) {
                URI uri = server.uri("/" + header);
                server.otherwise(ScriptedResponse.respond(200, "of alice").closing());
                assertThat(run(jdk, config, uri, header, "alice"))
                        .containsExactly("HttpClient of alice live", "HttpURLConnection of alice live");
                server.otherwise(ScriptedResponse.respond(503, "busy").closing());
                assertThat(run(jdk, config, uri, header, "bob"))
                        .containsExactly("HttpClient busy live", "HttpURLConnection busy live");
                assertThat(run(jdk, config, uri, header, "alice"))
                        .containsExactly("HttpClient of alice cache", "HttpURLConnection of alice cache");
                server.otherwise(ScriptedResponse.respond(403, "revoked").closing());
                assertThat(run(jdk, config, uri, header, "alice"))
                        .containsExactly("HttpClient revoked live", "HttpURLConnection revoked live");
                server.otherwise(ScriptedResponse.respond(503, "busy").closing());
                assertThat(run(jdk, config, uri, header, "alice"))
                        .as("revoked in another JVM")
                        .containsExactly("HttpClient busy live", "HttpURLConnection busy live");
            }
        }
    }

    /** A response that the JVM's own TLS context fetched outlives the JVM; one of another default context does not. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void answersOfTheDefaultTlsContextOutliveTheirJvm(Jdks.Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "cache"
                cache_dir = "kept"
                """);
        Path trusted = directory.resolve("loopback.p12");
        try (InputStream in = LoopbackTls.class.getResourceAsStream("loopback.p12")) {
            Files.copy(Objects.requireNonNull(in), trusted);
        }
        try (ScriptedServer server = ScriptedServer.https(SECURE_HOST)) {
            server.otherwise(ScriptedResponse.respond(200, "first").closing());
            assertThat(runSecurely(jdk, config, trusted, server.uri("/a"), "jvm"))
                    .containsExactly("HttpClient first live", "HttpURLConnection first live");
            server.otherwise(ScriptedResponse.respond(200, "of another").closing());
            assertThat(runSecurely(jdk, config, trusted, server.uri("/b"), "other"))
                    .containsExactly("HttpClient of another live", "HttpURLConnection of another live");
            server.otherwise(ScriptedResponse.respond(503, "busy").closing());
            assertThat(runSecurely(jdk, config, trusted, server.uri("/a"), "jvm"))
                    .containsExactly("HttpClient first cache", "HttpURLConnection first cache");
            assertThat(runSecurely(jdk, config, trusted, server.uri("/b"), "jvm"))
                    .containsExactly("HttpClient busy live", "HttpURLConnection busy live");
            for (String context : List.of("other", "restored")) {
                assertThat(runSecurely(jdk, config, trusted, server.uri("/a"), context))
                        .as(context)
                        .contains("HttpURLConnection busy live");
            }
        }
    }

    private static List<String> runSecurely(Jdks.Jdk jdk, Path config, Path trusted, URI uri, String context) {
        return new ForkedJvm(jdk)
                .agent(config.toString())
                .jvm("-Djavax.net.ssl.trustStore=" + trusted, "-Djavax.net.ssl.trustStorePassword=holdfast")
                .main(SecureRestartedProgram.class, uri.toString(), context)
                .run()
                .succeeded()
                .lines();
    }

    private static List<String> run(Jdks.Jdk jdk, Path config, URI uri, String... more) {
        String[] arguments =
                Stream.concat(Stream.of(uri.toString()), Stream.of(more)).toArray(String[]::new);
        return new ForkedJvm(jdk)
                .agent(config.toString())
                .main(RestartedProgram.class, arguments)
                .run()
                .succeeded()
                .lines();
    }
}
