package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A host name that comes back is found: the retry waits until the JVM asks for it again. */
class NameLookupIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_name_that_comes_back_is_found_by_both_clients(Jdks.Jdk jdk) throws IOException {
        // Three retries within 70 ms, were it not for the memory of 2 s.
        Path policy = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 3
                initial_delay = "10ms"
                """);
        Path security = Files.writeString(directory.resolve("security"), "networkaddress.cache.negative.ttl=2\n");
        Path hosts = directory.resolve("hosts");
        try (ScriptedServer server = ScriptedServer.http("127.0.0.1")) {
            server.otherwise(ScriptedResponse.respond(200, "found"));

            ForkedJvm.Result result = new ForkedJvm(jdk.orSkip())
                    .agent(policy.toString())
                    .jvm("-Djdk.net.hosts.file=" + hosts, "-Djava.security.properties=" + security)
                    .main(NameLookupProgram.class, hosts.toString(), Integer.toString(server.port()))
                    .run()
                    .succeeded();

            assertThat(result.lines()).containsExactly("found", "found");
            assertThat(server.requests()).hasSize(2);
        }
    }
}
