package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ScriptedResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breakers that open are hints to other JVMs by way of a real Redis. */
class BreakerHintsIT extends Instances {
    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = new RedisServer(directory);
    }

    @AfterEach
    void stop() {
        redis.close();
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
        ForkedJvm.Running first = program(redis.url(), KEY, text);
        ForkedJvm.Running second = program(redis.url(), KEY, text);
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

        redis.pause();
        assertThat(ask(program(redis.url(), KEY, text), "OPEN /bad"))
                .as("while the store is paused")
                .isEqualTo("rejected after 8");
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

    @Test
    void a_store_that_is_full_gives_the_hints_that_it_has() {
        String last = hints("a", 0, "x");
        redis.cli("CONFIG", "SET", "maxmemory", "1");
        assertThat(hints("a", 0, "y")).startsWith("OOM");
        assertThat(hints("b", 0)).isEqualTo(last + "x");
    }

    private String hints(String instance, long last, String... opened) {
        List<String> command = new ArrayList<>(List.of("EVAL", HintScript.HINTS, "1", "hints", instance));
        command.add(Long.toString(last));
        command.add(Long.toString(HintScript.KEPT_MILLIS));
        command.add(Integer.toString(HintScript.MOST));
        command.addAll(List.of(opened));
        return redis.cli(command.toArray(String[]::new)).replace("\n", "").replace("\"", "");
    }
}
