package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.contract.ContractRunner.Report;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the contract in a JVM that was started with the packaged agent, on each JDK, and reports each of its tests. To
 * run some classes of it: {@code -Dcontract=StatusContract,AbandonContract}.
 */
class ContractIT {
    private static final List<Class<?>> CONTRACTS = List.of(
            StatusContract.class,
            ConditionsContract.class,
            BrokenConnectionContract.class,
            UnreachableContract.class,
            TimeoutContract.class,
            AbandonContract.class,
            ReplayContract.class,
            TlsContract.class,
            ProxyContract.class,
            LoadContract.class,
            HedgedContextContract.class,
            NestedRetryContract.class,
            OwnRetriesContract.class,
            ReplacedRequestContract.class,
            ResponseHandlerContract.class,
            Apache5Contract.class,
            Apache5NestedCallContract.class,
            Apache4Contract.class,
            Apache4NestedCallContract.class,
            AbortedRequestContract.class,
            RequestUnderWayContract.class,
            FallbackContract.class,
            CacheContract.class,
            DegradedContract.class,
            UrlConnectionFallbackContract.class,
            WholeRequestContract.class,
            AttemptHeaderContract.class,
            FaultContract.class,
            OkHttpContract.class,
            OkHttpEventsContract.class,
            OkHttpOwnPartsContract.class,
            OkHttpSettingsContract.class,
            OkHttpOpenResponseContract.class,
            OkHttpTagContract.class,
            OkHttpTlsContract.class,
            OkHttpDispatcherContract.class,
            OkHttpInlineContract.class);

    /**
     * The start, and what the contracts make happen: no notice of a bad file, no defect, no other line of the JVM's.
     */
    private static final String SAID = "\\[holdfast] ("
            + "\\S+ is active: \\d+ policies from .*"
            + "|no policy matches (?!.*" + Pattern.quote(Hosts.OTHER_ORIGIN) + ").*: calls to (it|them) run unmodified"
            + "|HTTP proxy in use: \\S+"
            + "|\\S+ \\(policy \\S+( \\S+)*\\): ("
            + "breaker (closed|still open) after .*"
            + "|breaker opened( for the \\d+(nd|th) time within .*)?, after (1 failure|\\d+ failures in a row); "
            + "calls are rejected, next probe in .*"
            + "|\\S+ repeats calls that failed after all their retries, so that attempts multiply; .*"
            + "|the host name was not found; the JVM remembers that for 10 s: .*; said once"
            + "|first response from fallback \\S+ \\(\\S+\\); others are only counted"
            + "|the proxy \\S+ did not open a tunnel; nothing reached the origin; others are only counted)"
            + "|(breakers opened|breakers still open|breakers closed|callers that retry too|first responses of "
            + "fallbacks|proxies that failed): \\d+ more in \\d+ s)"
            + "|  warning: .*: one failing call alone opens the breaker: .*"
            + "|  warning: .*: faults\\.armed: is true: .*"
            + "|\\[holdfast] game day: faults are injected into calls until 2099-01-01T00:00:00Z, .*"
            + "|  127\\.0\\.0\\.28 /\\S+: \\S+ of attempts, .*"
            + "|  and \\d+ more";

    /** The parts of the contract, each in a JVM of its own: a part takes half of the time. */
    private static final int PARTS = 2;

    /** The common pool has no thread for each where there are few processors. */
    private static final Executor THREAD_EACH = task -> new Thread(task, "contract").start();

    @TempDir
    Path directory;

    /** One part of the contract on one JDK. */
    private record Part(Jdk jdk, int number) {
        @Override
        public String toString() {
            return jdk + ", part " + (number + 1);
        }
    }

    /** The JVMs run side by side: most of the time they wait. */
    @TestFactory
    List<DynamicNode> onEachJdk() throws IOException {
        Map<Part, CompletableFuture<ForkedJvm.Result>> runs = new LinkedHashMap<>();
        for (Jdk jdk : Jdks.all()) {
            for (int number = 0; jdk.present() && number < PARTS; number++) {
                Part part = new Part(jdk, number);
                List<String> contracts = contracts(number);
                if (!contracts.isEmpty()) {
                    runs.put(part, CompletableFuture.supplyAsync(() -> run(part, contracts), THREAD_EACH));
                }
            }
        }
        List<DynamicNode> nodes = new ArrayList<>();
        for (Map.Entry<Part, CompletableFuture<ForkedJvm.Result>> run : runs.entrySet()) {
            Part part = run.getKey();
            nodes.add(DynamicContainer.dynamicContainer(
                    part.toString(), tests(part, run.getValue().join())));
        }
        Jdks.all().stream()
                .filter(jdk -> !jdk.present())
                .forEach(jdk -> nodes.add(DynamicTest.dynamicTest(jdk.toString(), jdk::orSkip)));
        return nodes;
    }

    private static List<String> contracts(int part) {
        String[] chosen = System.getProperty("contract", "").split(",", -1);
        return IntStream.range(0, CONTRACTS.size())
                .filter(i -> i % PARTS == part)
                .mapToObj(i -> CONTRACTS.get(i).getName())
                .filter(name -> Stream.of(chosen).anyMatch(name::contains))
                .toList();
    }

    private ForkedJvm.Result run(Part part, List<String> contracts) {
        String port = Integer.toString(freePort());
        return new ForkedJvm(part.jdk())
                .agent(config(part, port).toString())
                .jvm("-Dcontract.otherPort=" + port)
                .main(
                        ContractRunner.class,
                        Stream.concat(Stream.of(results(part).toString()), contracts.stream())
                                .toArray(String[]::new))
                .within(Duration.ofMinutes(10))
                .run();
    }

    private Path config(Part part, String otherPort) {
        Path config = directory.resolve("contract-" + part.jdk().feature() + "-" + part.number() + ".toml");
        try (InputStream resource =
                Objects.requireNonNull(ContractIT.class.getResourceAsStream("contract.toml"), "contract.toml")) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return Files.writeString(config, text.replace(":39030", ":" + otherPort));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Free for a moment, and nobody else uses that address. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(Hosts.OTHER_ORIGIN))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path results(Part part) {
        return directory.resolve("results-" + part.jdk().feature() + "-" + part.number());
    }

    private Stream<DynamicTest> tests(Part part, ForkedJvm.Result run) throws IOException {
        Stream<DynamicTest> whole = Stream.of(DynamicTest.dynamicTest(
                "the JVM ends well and the agent reports nothing but what happens", () -> {
                    run.succeeded();
                    assertThat(run.out()).isEmpty();
                    assertThat(run.err().lines().filter(line -> !line.startsWith("SLF4J")))
                            .isNotEmpty()
                            .allSatisfy(line -> assertThat(line).matches(SAID));
                }));
        return Stream.concat(whole, ContractRunner.read(results(part)).stream().map(ContractIT::test));
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
