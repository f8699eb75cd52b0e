package dev.holdfast.observe.meters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that have a Micrometer of their own, under the packaged agent, on every JDK. */
class ApplicationRegistryIT {
    private static final String RULES = """
            [retry]
            max_retries = 1
            initial_delay = "1ms"
            jitter = false
            [retry.circuit_breaker]
            enabled = true
            failure_threshold = 3
            """;

    @TempDir
    Path directory;

    @Test
    void the_global_registries_get_the_meters_and_nothing_is_held_of_their_loaders() {
        Jdks.sideBySide(jdk -> {
            Result result = run(jdk, "[metrics]\napplication_registry = true\n");

            assertThat(result.lines())
                    .contains("retries: 2.0", "delays: 2.0 of 1.0 ms", "breaker: 1.0", "later: 4.0")
                    .contains("the program's own: 7.0 of [retry.attempts]")
                    .contains("the other loader has meters: true", "the other loader is gone")
                    .endsWith("taken back");
            assertThat(result.err()).doesNotContain("cannot");
        });
    }

    @Test
    void they_are_left_alone_unless_it_is_asked_for() {
        Jdks.sideBySide(jdk -> assertThat(run(jdk, "", "left alone").lines()).endsWith("meters: 0"));
    }

    private Result run(Jdks.Jdk jdk, String more, String... arguments) throws IOException {
        Path file = Files.writeString(directory.resolve(jdk.feature() + ".toml"), RULES + more);
        ForkedJvm program = new ForkedJvm(jdk).agent(file.toString()).within(Duration.ofSeconds(120));
        return (arguments.length == 0
                        ? program.main(RegisteredProgram.class, file.toString())
                        : program.main(RegisteredProgram.class, file.toString(), arguments[0]))
                .run()
                .succeeded();
    }
}
