package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each example as it ships, under the packaged agent, on every JDK: the hosts that it names are on the loopback
 * interface for the program that calls them. What either client does is the same.
 */
class ScenariosIT {
    private static final Path EXAMPLES = Path.of("../../config-examples").toAbsolutePath();
    private static final String HOSTS = "127.0.0.1 shop.example a.slow.example api.payments.example other.example"
            + " search.example.com api.saas.example b.saas.example orders.svc.cluster.local"
            + " reports.batch.svc.cluster.local ledger.core.svc.cluster.local inventory.example.com localhost inventory"
            + " inventory.shop.svc es1.search.example es2.search.example login.example.com"
            + " shop.s3.eu-central-1.amazonaws.com repo.maven.apache.org repo.example.com api.stripe.com"
            + " api.github.com api.openai.com llm.example.com recommendations.example.com\n";

    @TempDir
    static Path directory;

    // They wait more than they work: a few at a time.
    private static final ExecutorService AT_A_TIME = Executors.newFixedThreadPool(3);
    private static final Map<String, Future<?>> RUNS = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), HOSTS);
        promised()
                .forEach(one -> RUNS.put(
                        one.get(0), AT_A_TIME.submit(() -> run(one.get(0), one.subList(1, one.size()), hosts))));
        AT_A_TIME.shutdown();
    }

    @AfterAll
    static void stop() {
        AT_A_TIME.shutdownNow();
    }

    static Stream<String> scenarios() {
        return promised().map(one -> one.get(0));
    }

    /** Each example, and what its program prints for each client. */
    private static Stream<List<String>> promised() {
        return Stream.of(
                List.of(
                        "quickstart",
                        "a host of no name: 200 good after 2",
                        "POST: 503 after 1",
                        "a slow one: 503 after 2"),
                List.of(
                        "seed-compatible",
                        "good: 200 kept after 1",
                        "three retries, then what was kept: 200 kept after 4",
                        "waited",
                        "the fifth failure opens the breaker: 200 kept after 1",
                        "nothing is sent: 200 kept after 0",
                        "nothing is sent, nothing was kept: ConnectException after 0"),
                List.of(
                        "payment-api",
                        "a charge without a key: 503 after 1",
                        "a charge with a key: 200 good after 2",
                        "the API says that it failed: 500 after 1",
                        "a refund with a key: 503 after 1",
                        "a look at a refund: 200 good after 2",
                        "another host: 503 after 1",
                        "the tenth failure: 500 after 1",
                        "nothing is sent: ConnectException after 0"),
                List.of(
                        "search-cluster",
                        "good: 200 kept",
                        "a slow one: 200 from the second after 2",
                        "not waited for",
                        "indexing, as slow: 200 good after 1",
                        "down: 200 kept after 2",
                        "down, nothing kept: 503 after 2"),
                List.of(
                        "rate-limited-saas",
                        "told to wait: 200 good after 2",
                        "waited",
                        "told to wait for too long: 429 after 1",
                        "50 in 10 s"),
                List.of(
                        "internal-mesh",
                        "a service: 503 after 3",
                        "in the same namespace: 503 after 3",
                        "in another one: 503 after 3",
                        "a batch service: 200 good after 6",
                        "the ledger: 503 after 1",
                        "a sidecar: 503 after 1",
                        "outside: 503 after 1"),
                List.of(
                        "observe",
                        "any host: 503 after 1",
                        "the first to be trusted: 200 good after 2",
                        "past five failures: 503 after 1",
                        "retries that there would be: true",
                        "breaker: open"),
                List.of(
                        "elasticsearch",
                        "a search by POST: 200 good after 2",
                        "a count by GET: 200 good after 3",
                        "a document by PUT: 200 good after 2",
                        "a document without an id: 503 after 1",
                        "a bulk: 503 after 1",
                        "the node is down: ConnectException after 0",
                        "another node: 200 good after 1"),
                List.of(
                        "openid-connect",
                        "its configuration: 200 issuer after 2",
                        "its keys: 200 keys after 1",
                        "restarted: configuration: 200 issuer after 4",
                        "restarted: keys: 200 keys after 4",
                        "a token: 503 after 1"),
                List.of(
                        "s3",
                        "an object: 200 good after 3",
                        "put once more: 200 good after 2",
                        "several deleted: 503 <Error><Code>SlowDown</Code></Error> after 1",
                        "no such key: 404 after 1",
                        "three attempts: 503 <Error><Code>SlowDown</Code></Error> after 3"),
                List.of(
                        "maven-repository",
                        "too many requests: 200 good after 2",
                        "waited",
                        "cut short: 200 good after 2",
                        "an upload: 200 good after 2",
                        "not there: 404 after 1"),
                List.of(
                        "stripe",
                        "a charge without a key: 503 after 1",
                        "a charge with a key, in progress: 200 good after 2",
                        "a look: 200 good after 2",
                        "a failure that is kept: 500 after 1",
                        "a lock: 200 good after 2",
                        "a lock without a key: 400 after 1",
                        "a success, whatever it says: 200 good after 1"),
                List.of(
                        "github",
                        "forbidden: 403 after 1",
                        "a secondary limit: 200 good after 2",
                        "waited",
                        "the primary limit: 200 good after 2",
                        "reset",
                        "for half an hour: 403 after 1",
                        "a write: 503 after 1",
                        "down, read lately: 200 good after 4"),
                List.of(
                        "openai",
                        "a chat: 200 good after 2",
                        "waited",
                        "no money left: 429 after 1",
                        "asked to: 200 good after 2",
                        "an upload: 503 after 1",
                        "a conflict: 200 good after 2"),
                List.of(
                        "game-day",
                        "good, or the fallback's: true",
                        "sent without a fault alone: true",
                        "faults were injected: false"));
    }

    @Test
    void the_faults_of_a_game_day_are_injected_once_they_are_armed() throws IOException {
        List<String> expected = new ArrayList<>();
        for (String client : new String[] {"ByHttpClient", "ByUrlConnection"}) {
            expected.add(client);
            expected.add("good, or the fallback's: true");
            expected.add("sent without a fault alone: true");
            expected.add("faults were injected: true");
        }
        Path hosts = Files.writeString(directory.resolve("hosts-of-the-day"), HOSTS);

        Jdks.sideBySide(jdk -> {
            Result result = new ForkedJvm(jdk)
                    .agent(EXAMPLES.resolve("game-day.toml").toString())
                    .jvm(
                            "-Djdk.net.hosts.file=" + hosts,
                            "-Dholdfast.faults.armed=true",
                            "-Dholdfast.faults.until=2099-01-01T00:00:00Z",
                            "-Dholdfast.retry.initial_delay=20ms")
                    .main(Scenarios.class, "game-day")
                    .run()
                    .succeeded();

            assertThat(result.lines()).containsExactlyElementsOf(expected);
            assertThat(result.err()).contains("game day: faults are injected into calls until 2099-01-01T00:00:00Z");
        });
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void an_example_does_what_it_says(String example) throws Throwable {
        try {
            RUNS.get(example).get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private static void run(String example, List<String> promised, Path hosts) {
        List<String> expected = new ArrayList<>();
        for (String client : new String[] {"ByHttpClient", "ByUrlConnection"}) {
            expected.add(client);
            expected.addAll(promised);
        }

        Jdks.sideBySide(jdk -> {
            Result result = new ForkedJvm(jdk)
                    .agent(EXAMPLES.resolve(example + ".toml").toString())
                    .jvm("-Djdk.net.hosts.file=" + hosts)
                    .main(Scenarios.class, example)
                    .run()
                    .succeeded();

            assertThat(result.lines()).containsExactlyElementsOf(expected);
            assertThat(result.err()).contains("is active: ").doesNotContain("warning");
        });
    }

    @Test
    void no_example_is_left_out() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            // The fleet's needs a Redis: StoreIT has one.
            Set<String> elsewhere = Set.of("reference.toml", "fleet.toml");
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".toml") && !elsewhere.contains(name))
                            .map(name -> name.replace(".toml", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            promised().map(one -> one.get(0)).toList());
        }
    }
}
