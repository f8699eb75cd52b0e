package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several JVMs share what they keep for an outage by way of a real Redis, and none of them needs it. */
class StoreIT {
    private static final String KEY = "a-key-of-this-test-with-more-than-32-characters";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    private final List<ForkedJvm.Running> programs = new ArrayList<>();
    private ScriptedServer origin;
    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = new RedisServer(directory);
        origin = ScriptedServer.http();
        origin.otherwise(request -> ScriptedResponse.respond(200, "secret body of " + request.target()));
    }

    @AfterEach
    void stop() {
        programs.forEach(ForkedJvm.Running::close);
        origin.close();
        redis.close();
    }

    private ForkedJvm.Running program(String url, String more) throws IOException {
        return program(url, KEY, more);
    }

    private ForkedJvm.Running program(String url, String key, String more) throws IOException {
        return programOf(url, key, """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "cache"
                [store]
                url = "${REDIS_URL}"
                key = "${HOLDFAST_STORE_KEY}"
                """ + more);
    }

    private ForkedJvm.Running programOf(String url, String key, String text) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast" + programs.size() + ".toml"), text);
        ForkedJvm.Running program = new ForkedJvm(Jdks.all().get(0))
                .environment("REDIS_URL", url)
                .environment("HOLDFAST_STORE_KEY", key)
                .agent(file.toString())
                .within(PATIENCE)
                .main(FleetProgram.class, origin.uri("/").toString())
                .start();
        programs.add(program);
        return program;
    }

    /** Tells a program a line and returns what it says. */
    private static String ask(ForkedJvm.Running program, String line) {
        long before = program.out().lines().count();
        program.tell(line);
        Awaitility.await().atMost(PATIENCE).until(() -> program.out().lines().count() > before);
        String said = program.out().lines().skip(before).findFirst().orElse("");
        return said.substring(said.indexOf("-> ") + 3);
    }

    private static void awaitStatus(ForkedJvm.Running program, String text) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> ask(program, "STATUS store").contains(text));
    }

    @Test
    void five_instances_share_their_responses_and_redis_sees_nothing_in_clear() throws IOException {
        Path monitored = directory.resolve("monitor.txt");
        Process monitor = redis.monitor(monitored);
        ForkedJvm.Running first = program(redis.url(), "timeout = \"500ms\"");
        awaitStatus(first, "\"state\":\"up\"");
        assertThat(ask(first, "GET /private/path")).isEqualTo("200 secret body of /private/path live");
        awaitStatus(first, "\"writes\":1");

        origin.otherwise(ScriptedResponse.respond(503, "busy"));
        for (int i = 0; i < 4; i++) {
            ForkedJvm.Running other = program(redis.url(), "timeout = \"500ms\"");
            awaitStatus(other, "\"state\":\"up\"");
            assertThat(ask(other, "GET /private/path")).isEqualTo("200 secret body of /private/path cache with age");
            assertThat(ask(other, "GET /unknown")).isEqualTo("503 busy live");
            assertThat(ask(other, "STATUS store")).contains("\"hits\":1,\"misses\":1");
        }
        ForkedJvm.Running stranger = program(redis.url(), KEY + KEY, "timeout = \"500ms\"");
        awaitStatus(stranger, "\"state\":\"up\"");
        assertThat(ask(stranger, "GET /private/path")).as("with another key").isEqualTo("503 busy live");

        // Another instance changes the resource: nobody who is new is given what was stored.
        origin.otherwise(ScriptedResponse.respond(200, "changed"));
        assertThat(ask(programs.get(1), "POST /private/path")).isEqualTo("200 changed live");
        awaitStatus(programs.get(1), "\"writes\":2");
        origin.otherwise(ScriptedResponse.respond(503, "busy"));
        ForkedJvm.Running late = program(redis.url(), "timeout = \"500ms\"");
        awaitStatus(late, "\"state\":\"up\"");
        assertThat(ask(late, "GET /private/path")).isEqualTo("503 busy live");

        monitor.destroy();
        String seen = Files.readString(monitored);
        assertThat(seen).contains("\"EVAL\"", "\"GETRANGE\"", "holdfast:r:");
        assertThat(seen)
                .doesNotContain("private", "path", "secret", "s3cret", "127.0.0.1:" + origin.port(), KEY)
                .doesNotContain(RedisServer.PASSWORD);
        for (ForkedJvm.Running program : programs) {
            assertThat(program.err() + ask(program, "STATUS store"))
                    .doesNotContain(RedisServer.PASSWORD, KEY, "secret body", "/private");
        }
    }

    @Test
    void the_example_shares_responses() throws IOException {
        // On a loaded machine, an answer takes longer than a call would wait by default.
        String example = Files.readString(Path.of("../../config-examples/fleet.toml"))
                .replace("[store]\n", "[store]\ntimeout = \"500ms\"\n");
        assertThat(example).contains("500ms");
        ForkedJvm.Running first = programOf(redis.url(), KEY, example);
        awaitStatus(first, "\"state\":\"up\"");
        assertThat(ask(first, "GET /a")).isEqualTo("200 secret body of /a live");
        awaitStatus(first, "\"writes\":1");

        origin.otherwise(ScriptedResponse.respond(503, "busy"));
        ForkedJvm.Running second = programOf(redis.url(), KEY, example);
        awaitStatus(second, "\"state\":\"up\"");
        assertThat(ask(second, "GET /a")).isEqualTo("200 secret body of /a cache with age");
    }

    @Test
    void a_store_that_is_killed_paused_restarted_or_full_costs_no_call() throws IOException {
        ForkedJvm.Running program = program(redis.url(), "");
        awaitStatus(program, "\"state\":\"up\"");
        assertThat(ask(program, "GET /a")).isEqualTo("200 secret body of /a live");
        awaitStatus(program, "\"writes\":1");

        assertThat(ask(program, "LOAD /a 300")).contains(" 0 lost");
        redis.pause();
        assertThat(ask(program, "LOAD /a 2500")).contains(" 0 lost");
        awaitStatus(program, "\"state\":\"down\"");
        redis.resume();
        awaitStatus(program, "\"state\":\"up\"");

        redis.kill();
        assertThat(ask(program, "LOAD /a 1500")).contains(" 0 lost");
        awaitStatus(program, "\"state\":\"down\"");
        redis.start();
        awaitStatus(program, "\"state\":\"up\"");

        redis.cli("CONFIG", "SET", "maxmemory", "1");
        assertThat(ask(program, "LOAD /full 300")).contains(" 0 lost");
        Awaitility.await().atMost(PATIENCE).until(() -> program.err().contains("refuses a command (OOM)"));
        redis.cli("CONFIG", "SET", "maxmemory", "0");

        // During an outage of the origin, memory answers, whatever the store does.
        origin.otherwise(ScriptedResponse.respond(503, "busy"));
        redis.pause();
        assertThat(ask(program, "GET /a")).isEqualTo("200 secret body of /a cache with age");
        redis.resume();

        assertThat(program.err()
                        .lines()
                        .filter(line -> line.contains("cannot be used"))
                        .count())
                .isLessThanOrEqualTo(3);
        assertThat(ask(program, "STATUS store")).doesNotContain("\"errors\":0");
    }

    @Test
    void a_store_that_is_slow_is_waited_for_by_few_calls_and_used_again_when_it_is_fast() throws IOException {
        try (SlowProxy proxy = new SlowProxy(redis.port())) {
            String url = redis.url().replace(":" + redis.port(), ":" + proxy.port());
            ForkedJvm.Running first = program(url, "timeout = \"200ms\"");
            awaitStatus(first, "\"state\":\"up\"");
            assertThat(ask(first, "GET /a")).isEqualTo("200 secret body of /a live");
            awaitStatus(first, "\"writes\":1");

            origin.otherwise(ScriptedResponse.respond(503, "busy"));
            ForkedJvm.Running second = program(url, "timeout = \"200ms\"");
            awaitStatus(second, "\"state\":\"up\"");
            proxy.delay(600);
            for (int i = 0; i < 50; i++) {
                assertThat(ask(second, "GET /unknown" + i)).isEqualTo("503 busy live");
            }
            assertThat(second.err()).contains("answers later than timeout allows");
            String figures = ask(second, "STATUS store");
            long late = number(figures, "late");
            assertThat(late).as("calls that waited").isBetween(3L, 10L);
            assertThat(late + number(figures, "skipped") + number(figures, "hits"))
                    .isGreaterThanOrEqualTo(50);

            proxy.delay(0);
            awaitStatus(second, "\"state\":\"up\"");
            assertThat(ask(second, "GET /a")).isEqualTo("200 secret body of /a cache with age");
        }
    }

    @Test
    void five_instances_share_one_rate_and_go_on_with_their_part_of_it_while_the_store_is_away() throws IOException {
        List<Long> arrivals = new CopyOnWriteArrayList<>();
        origin.otherwise(request -> {
            arrivals.add(System.nanoTime());
            return ScriptedResponse.respond(200, "ok");
        });
        for (int i = 0; i < 5; i++) {
            awaitStatus(program(redis.url(), """
                instances = 5
                [limits]
                max_rate = "40/s"
                max_wait = "1s"
                scope = "fleet"
                """), "\"state\":\"up\"");
        }
        load(programs, 2_000);
        programs.forEach(program -> awaitStatus(program, "\"rates\":1,\"local_rates\":0"));

        // What the others do not need, one may have.
        ForkedJvm.Running one = programs.get(0);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            int before = arrivals.size();
            load(List.of(one), 1_500);
            return arrivals.size() - before > 25;
        });

        redis.kill();
        int before = arrivals.size();
        load(programs, 3_000);
        programs.forEach(program -> awaitStatus(program, "\"rates\":1,\"local_rates\":1"));
        load(programs, 2_000);
        assertThat(arrivals.size() - before).as("sent without the store").isGreaterThan(20);

        redis.start();
        load(programs, 3_000);
        programs.forEach(program -> awaitStatus(program, "\"rates\":1,\"local_rates\":0"));
        load(programs, 2_000);

        List<Long> sorted = arrivals.stream().sorted().toList();
        for (int i = 40; i < sorted.size(); i++) {
            assertThat(sorted.get(i) - sorted.get(i - 40))
                    .as("41 arrivals, up to no. %d of %d, in nanoseconds", i, sorted.size())
                    .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void a_breaker_that_opens_lets_those_of_others_open_after_fewer_failures_of_their_own() throws IOException {
        Path monitored = directory.resolve("monitor.txt");
        Process monitor = redis.monitor(monitored);
        String text = """
                [retry]
                max_retries = 0
                [retry.circuit_breaker]
                enabled = true
                failure_threshold = 8
                [store]
                url = "${REDIS_URL}"
                share_breaker_hints = true
                """;
        origin.otherwise(request -> ScriptedResponse.respond(request.target().equals("/good") ? 200 : 503, "ok"));
        ForkedJvm.Running first = programOf(redis.url(), KEY, text);
        ForkedJvm.Running second = programOf(redis.url(), KEY, text);
        for (ForkedJvm.Running program : programs) {
            awaitStatus(program, "\"state\":\"up\"");
            assertThat(ask(program, "GET /good")).isEqualTo("200 ok live");
        }
        assertThat(ask(first, "OPEN /bad")).isEqualTo("rejected after 8");
        awaitStatus(first, "\"hints_sent\":1,\"hints_taken\":0");
        awaitStatus(second, "\"hints_sent\":0,\"hints_taken\":1");
        assertThat(ask(second, "GET /good")).as("not by a hint alone").isEqualTo("200 ok live");
        assertThat(ask(second, "OPEN /bad")).isEqualTo("rejected after 4");
        assertThat(second.err())
                .contains(
                        "breaker opened, after fewer failures than usual, as breakers of other instances have opened");
        monitor.destroy();
        assertThat(Files.readString(monitored))
                .contains("holdfast:b")
                .doesNotContain("127.0.0.1:" + origin.port(), RedisServer.PASSWORD);

        redis.kill();
        ForkedJvm.Running third = programOf(redis.url(), KEY, text);
        assertThat(ask(third, "OPEN /bad")).isEqualTo("rejected after 8");
    }

    @Test
    void each_hint_is_read_once_in_order_and_not_by_its_own_instance() {
        assertThat(hints("a", 0)).isEqualTo("0 ");
        String first = hints("a", 0, "x", "y");
        long last = Long.parseLong(first.strip());
        assertThat(hints("b", 0)).isEqualTo(last + " x y");
        assertThat(hints("b", last)).isEqualTo(last + " ");
        assertThat(hints("b", last - 1)).isEqualTo(last + " y");
        long later = Long.parseLong(hints("b", last, "y").strip());
        assertThat(later).isGreaterThan(last);
        assertThat(hints("a", last)).isEqualTo(later + " y");
        assertThat(hints("c", 0)).isEqualTo(later + " x y y");

        // The set is from a time to come, as the clock was set back: it is given up, and so is who remembers it.
        redis.cli("ZADD", "hints", Long.toString(later + 3_600_000), "z d");
        assertThat(hints("a", later + 3_600_000)).isEqualTo("0 ");
        assertThat(redis.cli("EXISTS", "hints")).contains("0");
        assertThat(hints("b", 0, "x")).isNotEqualTo("0 ");
        assertThat(Long.parseLong(redis.cli("PTTL", "hints").strip())).isBetween(1L, HintScript.KEPT_MILLIS);
    }

    private String hints(String instance, long last, String... opened) {
        List<String> command = new ArrayList<>(List.of("EVAL", HintScript.HINTS, "1", "hints", instance));
        command.add(Long.toString(last));
        command.add(Long.toString(HintScript.KEPT_MILLIS));
        command.add(Integer.toString(HintScript.MOST));
        command.addAll(List.of(opened));
        return redis.cli(command.toArray(String[]::new)).replace("\n", "").replace("\"", "");
    }

    /** All of them call for some milliseconds at the same time. */
    private static void load(List<ForkedJvm.Running> programs, long millis) {
        List<Long> said =
                programs.stream().map(program -> program.out().lines().count()).toList();
        programs.forEach(program -> program.tell("LOAD /a " + millis));
        for (int i = 0; i < programs.size(); i++) {
            ForkedJvm.Running program = programs.get(i);
            long before = said.get(i);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> program.out().lines().count() > before);
        }
    }

    private static long number(String json, String name) {
        String from = json.substring(json.indexOf('"' + name + "\":") + name.length() + 3);
        return Long.parseLong(from.substring(0, from.indexOf(',')));
    }

    @Test
    void without_a_store_in_the_file_no_class_of_it_is_loaded() throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\nmax_retries = 1\n");
        Path loaded = directory.resolve("loaded.txt");
        try (ForkedJvm.Running program = new ForkedJvm(Jdks.all().get(0))
                .jvm("-Xlog:class+load:file=" + loaded)
                .agent(file.toString())
                .main(FleetProgram.class, origin.uri("/").toString())
                .start()) {
            assertThat(ask(program, "GET /a")).isEqualTo("200 secret body of /a live");
            program.end().succeeded();
        }
        assertThat(Files.readString(loaded))
                .contains("dev.holdfast.policy.Policy ")
                .doesNotContain("dev.holdfast.fleet.S", "dev.holdfast.store.", "redis.clients", "commons.pool2")
                .doesNotContain("dev.holdfast.policy.StoreSettings", "dev.holdfast.config.StoreReader")
                .doesNotContain("dev.holdfast.policy.FleetShare", "dev.holdfast.policy.FairShare")
                .doesNotContain("dev.holdfast.runtime.Fleet", "dev.holdfast.fallback.SharedResponses");
    }
}
