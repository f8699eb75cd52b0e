package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.AgentJar;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent under JMX, on every JDK. */
class ManagementIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_with_an_mbean_server_finds_holdfast_on_it_and_can_switch_it_off(Jdks.Jdk jdk) throws IOException {
        for (String when : new String[] {"early", "late"}) {
            assertFound(run(jdk, when));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_agent_in_front_that_has_made_the_mbean_server_is_no_hindrance(Jdks.Jdk jdk) throws IOException {
        Path agent = AgentJar.of(EarlyAgent.class, directory);

        assertFound(run(jdk, "early", "-javaagent:" + agent + "=management"));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_builder_of_mbean_servers_that_is_set_in_main_is_not_forestalled(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "own");

        assertThat(result.lines()).containsOnlyOnce("own builder");
        assertFound(result);
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_program_without_jmx_stays_without(Jdks.Jdk jdk) throws IOException {
        Result result = run(jdk, "never", "-Xlog:class+load");

        assertThat(result.lines())
                .contains("503 after 2")
                .noneMatch(line -> line.contains("] javax.management.") || line.contains("tools.jackson"));
    }

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void an_origin_is_seen_over_the_local_management_connection(Jdks.Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), LogIT.RULES);
        Result result = new ForkedJvm(jdk)
                .agent(file.toString())
                .jvm("-Djdk.attach.allowAttachSelf=true")
                .main(LocallyManagedProgram.class)
                .run()
                .succeeded();

        assertThat(result.lines())
                .contains("Calls = 6", "TotalAttempts = 7", "Retries = 2", "SuccessfulRetries = 1", "FailedRetries = 1")
                .contains("SuccessRate = 0.5", "RetriesUsedUp = 1", "AverageDelaySeconds = 0.001")
                .contains("CircuitBreakerTrips = 1", "CircuitBreakerState = open", "Mode = enforce", "Policy = *")
                .contains("Rejections = 1", "Fallbacks = 0", "On = false");
    }

    private static void assertFound(Result result) {
        assertThat(result.lines())
                .contains("503 after 2", "0.1.0 *", "false", "503 after 1")
                .endsWith("503 after 2")
                .anySatisfy(line -> assertThat(line)
                        .startsWith("{\"schema\":2,")
                        .contains("\"calls\":{\"first_try\":0,\"saved_by_retry\":0,"
                                + "\"saved_by_fallback\":0,\"failed\":1"));
        // The program asks again for what has just failed: whether that is said hangs on the time between the two.
        assertThat(result.err().lines().filter(line -> !line.contains(" repeats calls that failed ")))
                .singleElement()
                .asString()
                .contains("is active");
    }

    private Result run(Jdks.Jdk jdk, String when, String... options) throws IOException {
        Path file = Files.writeString(
                directory.resolve("holdfast.toml"), "[retry]\nmax_retries = 1\ninitial_delay = \"1ms\"\n");
        return new ForkedJvm(jdk)
                .jvm(options)
                .agent(file.toString())
                .main(ManagedProgram.class, when)
                .run()
                .succeeded();
    }
}
