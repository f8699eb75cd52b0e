package dev.holdfast.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ConnectProxy;
import dev.holdfast.testkit.ConnectProxy.Does;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Each version of a library that the adapter is made for has all that it needs, and is covered. */
class LibraryVersionsIT {
    private static final String CONFIG = """
            [hosts."127.0.0.1".retry]
            max_retries = 2
            initial_delay = "5ms"
            attempt_timeout = "2s"
            budget.enabled = false
            [hosts."127.0.0.1".retry.policy]
            retryable_errors = ["connection_reset", "read_timeout", "proxy"]
            [hosts."127.0.0.1".retry.fallback]
            strategy = ["default_value"]
            [hosts."127.0.0.1".retry.fallback.default_value]
            body = "in place of it"
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void apache_http_client_5(Jdk jdk) throws IOException {
        Path jars = versions("httpclient5-");
        if (LatestRelease.isWanted()) {
            Path latest = LatestRelease.of("org.apache.httpcomponents.client5", "httpclient5");
            copy(latest, jars.resolve("httpclient5-latest-" + latest.getFileName()));
        }
        List<String> expected = new ArrayList<>();
        try (ScriptedServer server = ScriptedServer.http();
                ConnectProxy proxy = new ConnectProxy().otherwise(Does.CLOSE)) {
            for (Path version : sorted(jars)) {
                String name = version.getFileName().toString();
                server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "good"))
                        .play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "put"))
                        .play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "minimal"))
                        .play(ScriptedResponse.afterRequest(Cut.HANG), ScriptedResponse.respond(200, "in time"))
                        .play(
                                ScriptedResponse.respond(503),
                                ScriptedResponse.respond(503),
                                ScriptedResponse.respond(503));
                expected.add(name + " GET: 200 good");
                expected.add(name + " PUT: 200 put");
                expected.add(name + " MINIMAL: 200 minimal");
                expected.add(name + " SLOW: 200 in time");
                expected.add(name + " DOWN: 200 in place of it");
                expected.add(name + " TUNNEL: no tunnel");
            }
            ForkedJvm.Result result = new ForkedJvm(jdk)
                    .jvm("-Xverify:all")
                    .agent(Files.writeString(directory.resolve("holdfast.toml"), CONFIG)
                            .toString())
                    .main(
                            VersionsProgram.class,
                            Apache5Smoke.class.getName(),
                            alone(Apache5Smoke.class).toString(),
                            jars.toString(),
                            "GET " + server.uri("/get/VERSION"),
                            "PUT " + server.uri("/put/VERSION"),
                            "MINIMAL " + server.uri("/minimal/VERSION"),
                            "SLOW " + server.uri("/slow/VERSION"),
                            "DOWN " + server.uri("/down/VERSION"),
                            "TUNNEL https://127.0.0.1:" + server.port() + "/ "
                                    + proxy.address().getPort())
                    .run()
                    .succeeded();

            assertThat(result.lines()).containsExactlyElementsOf(expected);
            // A POST is sent again only because none of it was: it is the proxy that has failed.
            assertThat(proxy.asked()).hasSize(3 * expected.size() / 6);
            assertThat(result.err()).doesNotContain("lacks", "ERROR", "\tat ");
            assertThat(server.requests())
                    .filteredOn(request -> request.method().equals("PUT"))
                    .hasSize(2 * expected.size() / 6)
                    .extracting(ReceivedRequest::text)
                    .containsOnly("whole");
            assertThat(server.requests())
                    .as("no request but those of the attempts")
                    .hasSize(11 * expected.size() / 6);
        }
    }

    /** The versions that the build has put in place, and the one of the tests' own class path among them. */
    private Path versions(String prefix) throws IOException {
        Path all = Files.createDirectory(directory.resolve("versions"));
        for (Path version : sorted(Path.of("target", "versions"))) {
            if (version.getFileName().toString().startsWith(prefix)) {
                Path copy = all.resolve(version.getFileName());
                copy(version, copy);
                Path logging = Path.of(LoggerFactory.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath());
                Files.copy(logging, copy.resolve(logging.getFileName()));
            }
        }
        assertThat(sorted(all)).isNotEmpty();
        return all;
    }

    private static void copy(Path version, Path copy) throws IOException {
        Files.createDirectory(copy);
        for (Path jar : sorted(version)) {
            Files.copy(jar, copy.resolve(jar.getFileName()));
        }
    }

    private static List<Path> sorted(Path parent) throws IOException {
        try (Stream<Path> found = Files.list(parent)) {
            return found.sorted().toList();
        }
    }

    /** A directory that has one class. */
    private Path alone(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = directory.resolve("alone").resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream in = Objects.requireNonNull(type.getClassLoader().getResourceAsStream(name), name)) {
            Files.copy(in, file);
        }
        return directory.resolve("alone");
    }
}
