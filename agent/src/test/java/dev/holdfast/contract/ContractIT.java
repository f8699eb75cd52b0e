package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.contract.ContractRunner.Report;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the contract in a JVM that was started with the packaged agent, on each JDK, and reports each of its tests. To
 * run one class of it: {@code -Dcontract=StatusContract}.
 */
class ContractIT {
    private static final List<Class<?>> CONTRACTS = List.of(
            StatusContract.class,
            BrokenConnectionContract.class,
            UnreachableContract.class,
            TimeoutContract.class,
            AbandonContract.class,
            ReplayContract.class,
            TlsContract.class,
            LoadContract.class);

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicNode> onEachJdk() {
        return Jdks.all().stream()
                .map(jdk -> jdk.present()
                        ? DynamicContainer.dynamicContainer(jdk.toString(), tests(jdk))
                        : DynamicTest.dynamicTest(jdk.toString(), jdk::orSkip));
    }

    private Stream<DynamicTest> tests(Jdk jdk) {
        try {
            Path config = directory.resolve("contract.toml");
            try (InputStream resource =
                    Objects.requireNonNull(ContractIT.class.getResourceAsStream("contract.toml"), "contract.toml")) {
                Files.write(config, resource.readAllBytes());
            }
            Path results = directory.resolve("results-" + jdk.feature());
            String chosen = System.getProperty("contract", "");
            ForkedJvm.Result run = new ForkedJvm(jdk)
                    .agent(config.toString())
                    .main(
                            ContractRunner.class,
                            Stream.concat(
                                            Stream.of(results.toString()),
                                            CONTRACTS.stream()
                                                    .map(Class::getName)
                                                    .filter(name -> name.contains(chosen)))
                                    .toArray(String[]::new))
                    .within(Duration.ofMinutes(4))
                    .run();
            Stream<DynamicTest> whole =
                    Stream.of(DynamicTest.dynamicTest("the JVM ends well and the agent reports nothing", () -> {
                        run.succeeded();
                        assertThat(run.out()).isEmpty();
                        assertThat(run.err().lines().filter(line -> !line.startsWith("SLF4J")))
                                .singleElement()
                                .satisfies(line -> assertThat(line)
                                        .startsWith("[holdfast] ")
                                        .contains("is active: "));
                    }));
            return Stream.concat(whole, ContractRunner.read(results).stream().map(ContractIT::test));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static DynamicTest test(Report report) {
        return DynamicTest.dynamicTest(report.test(), () -> {
            switch (report.state()) {
                case PASSED -> {}
                case SKIPPED -> Assumptions.abort(report.problem());
                case FAILED -> throw new AssertionError(report.test() + "\n" + report.problem());
            }
        });
    }
}
