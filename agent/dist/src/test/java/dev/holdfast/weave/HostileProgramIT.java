package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that no code of the application reaches the bridge in {@code java.base}: {@link HostileProgram} tries. */
class HostileProgramIT {
    private static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();
    private static final int ATTEMPTS = 32;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void code_that_may_do_everything_cannot_link_to_it_nor_open_it(Jdk jdk) throws IOException {
        assertThat(attempts(jdk))
                .containsExactly(
                        "java.net: ClassNotFoundException",
                        "subclass: IllegalAccessError",
                        "link enter: IllegalAccessError",
                        "link guard: IllegalAccessError",
                        "link result: IllegalAccessError",
                        "link observe: IllegalAccessError",
                        "link connection: IllegalAccessError",
                        "invoke enter: IllegalAccessException",
                        "open enter: InaccessibleObjectException",
                        "invoke enterLibrary: IllegalAccessException",
                        "open enterLibrary: InaccessibleObjectException",
                        "invoke guard: IllegalAccessException",
                        "open guard: InaccessibleObjectException",
                        "invoke result: IllegalAccessException",
                        "open result: InaccessibleObjectException",
                        "invoke observe: IllegalAccessException",
                        "open observe: InaccessibleObjectException",
                        "invoke install: IllegalAccessException",
                        "open install: InaccessibleObjectException",
                        "invoke setMethod: IllegalAccessException",
                        "open setMethod: InaccessibleObjectException",
                        "invoke cookieHandler: IllegalAccessException",
                        "open cookieHandler: InaccessibleObjectException",
                        "invoke copyCaptured: IllegalAccessException",
                        "open copyCaptured: InaccessibleObjectException",
                        "invoke setSocketTimeout: IllegalAccessException",
                        "open setSocketTimeout: InaccessibleObjectException",
                        "open hook: InaccessibleObjectException",
                        "open constructor: InaccessibleObjectException",
                        "look-up: IllegalAccessException",
                        "private look-up: IllegalAccessException",
                        "method field: InaccessibleObjectException");
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void nor_can_code_under_a_security_manager(Jdk jdk) throws IOException {
        Assumptions.assumeTrue(jdk.feature() < 24, "Java 24 removed the security manager");
        Path policy = Files.writeString(
                directory.resolve("program.policy"),
                "grant codeBase \"" + ForkedJvm.agentJar().toUri() + "\" {\n"
                        + "  permission java.security.AllPermission;\n};\n"
                        + "grant codeBase \"" + CLASSES.toUri() + "\" {\n"
                        + "  permission java.net.SocketPermission \"127.0.0.1\", \"connect,resolve\";\n"
                        + "  permission java.net.URLPermission \"http://127.0.0.1:*/*\", \"*:*\";\n};\n");

        assertThat(attempts(jdk, "-Djava.security.manager", "-Djava.security.policy==" + policy))
                .hasSize(ATTEMPTS)
                .startsWith("java.net: ClassNotFoundException")
                .allMatch(line -> line.endsWith(": AccessControlException")
                        || line.endsWith(": NoClassDefFoundError")
                        || line.endsWith(": IllegalAccessError")
                        || line.endsWith(": ClassNotFoundException"));
    }

    private List<String> attempts(Jdk jdk, String... jvm) throws IOException {
        Path config = Files.writeString(
                directory.resolve("holdfast.toml"), "[retry]\nmax_retries = 1\ninitial_delay = \"1ms\"\n");
        try (ScriptedServer server = ScriptedServer.http()) {
            for (int call = 0; call < 6; call++) {
                server.play(ScriptedResponse.respond(503), ScriptedResponse.respond(200, "genuine"));
            }

            Result result = new ForkedJvm(jdk)
                    .agent(config.toString())
                    .jvm(jvm)
                    .classPath(CLASSES.toString())
                    .main(HostileProgram.class, server.uri("").toString())
                    .run()
                    .succeeded();

            List<String> lines = new ArrayList<>(result.lines());
            assertThat(lines).hasSizeGreaterThan(2);
            assertThat(lines.remove(0)).isEqualTo("/before: genuine genuine genuine");
            assertThat(lines.remove(lines.size() - 1)).isEqualTo("/after: genuine genuine genuine");
            List<ReceivedRequest> requests = server.requests();
            assertThat(requests)
                    .extracting(ReceivedRequest::target)
                    .containsExactly(
                            "/before", "/before", "/before", "/before", "/before", "/before", //
                            "/after", "/after", "/after", "/after", "/after", "/after");
            assertThat(requests).allMatch(r -> r.headers("Authorization").equals(List.of("Bearer secret")));
            return lines;
        }
    }
}
