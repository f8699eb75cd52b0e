package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ScriptedResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several JVMs share what they keep for an outage by way of a real Redis, and none of them needs it. */
class StoreIT extends Instances {
    /** The beginnings of the names of all classes that a store needs. */
    private static final List<String> OF_A_STORE = List.of(
            "dev.holdfast.fleet.",
            "dev.holdfast.store.",
            "dev.holdfast.policy.StoreSettings",
            "dev.holdfast.policy.FleetShare",
            "dev.holdfast.policy.FairShare",
            "dev.holdfast.config.StoreReader",
            "dev.holdfast.config.HintExplanation",
            "dev.holdfast.runtime.Fleet",
            "dev.holdfast.fallback.SharedResponses",
            "redis.",
            "org.apache.commons.pool2.",
            "org.slf4j.");

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = new RedisServer(directory);
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private ForkedJvm.Running program(String url, String more) throws IOException {
        return responses(url, KEY, more);
    }

    private ForkedJvm.Running responses(String url, String key, String more) throws IOException {
        return program(url, key, """
                [retry]
                max_retries = 0
                [retry.fallback]
                strategy = "cache"
                [store]
                url = "${REDIS_URL}"
                key = "${HOLDFAST_STORE_KEY}"
                """ + more);
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
        ForkedJvm.Running stranger = responses(redis.url(), KEY + KEY, "timeout = \"500ms\"");
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
        ForkedJvm.Running first = program(redis.url(), KEY, example);
        awaitStatus(first, "\"state\":\"up\"");
        // A store that has just begun to run grants no part of a rate.
        Awaitility.await().atMost(PATIENCE).until(() -> ask(first, "GET /a").equals("200 secret body of /a live"));
        awaitStatus(first, "\"writes\":1");

        origin.otherwise(ScriptedResponse.respond(503, "busy"));
        ForkedJvm.Running second = program(redis.url(), KEY, example);
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
    void without_a_store_in_the_file_no_class_of_it_is_loaded() throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                max_retries = 1
                [retry.circuit_breaker]
                enabled = true
                [retry.fallback]
                strategy = "cache"
                [limits]
                max_rate = "100/s"
                """);
        Path loaded = directory.resolve("loaded.txt");
        try (ForkedJvm.Running program = new ForkedJvm(Jdks.all().get(0))
                .jvm("-Xlog:class+load:file=" + loaded)
                .agent(file.toString())
                .main(FleetProgram.class, origin.uri("/").toString())
                .start()) {
            assertThat(ask(program, "GET /a")).isEqualTo("200 secret body of /a live");
            program.end().succeeded();
        }
        List<String> ours = Files.readAllLines(loaded).stream()
                .filter(line -> line.contains("holdfast-agent.jar"))
                .map(line -> line.replaceFirst(".*] (\\S+) source: .*", "$1"))
                .toList();
        assertThat(ours).contains("dev.holdfast.policy.Policy", "dev.holdfast.policy.CircuitBreaker");
        assertThat(ours.stream().filter(name -> OF_A_STORE.stream().anyMatch(name::startsWith)))
                .isEmpty();
    }
}
