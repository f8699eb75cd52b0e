package dev.holdfast.others;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.others.OtherAgent.Order;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.tools.ExecFileLoader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JaCoCo's agent beside ours: the program is served, and its coverage is written. */
class JaCoCoIT {
    private static final Path JAR =
            Path.of("target", "other-agents", "jacoco.jar").toAbsolutePath();

    @TempDir
    Path directory;

    static Stream<org.junit.jupiter.params.provider.Arguments> jdksAndOrders() {
        return OpenTelemetryIT.jdksAndOrders();
    }

    @ParameterizedTest
    @MethodSource("jdksAndOrders")
    void the_program_is_served_and_its_coverage_written(Jdk jdk, Order order) throws IOException {
        Path written = directory.resolve("jacoco.exec");
        try (Service service = new Service();
                Conversation program = Conversation.with(order.agents(
                        new ForkedJvm(jdk), service.policy(directory), Path.of(JAR + "=destfile=" + written)))) {
            program.awaitOurs();
            for (String style : List.of("send", "sendAsync", "url")) {
                String path = "/" + style + "/fails2";
                assertThat(program.tell(style + " " + service.uri(path) + " without"))
                        .contains("- - 200");
                assertThat(service.requests(path)).hasSize(3);
            }
            assertThat(program.end().err()).contains("[holdfast]").doesNotContain("cannot", "xception");
        }

        ExecFileLoader coverage = new ExecFileLoader();
        coverage.load(written.toFile());
        assertThat(coverage.getExecutionDataStore().getContents())
                .filteredOn(ExecutionData::hasHits)
                .extracting(ExecutionData::getName)
                .contains("dev/holdfast/others/TracedProgram");
    }
}
