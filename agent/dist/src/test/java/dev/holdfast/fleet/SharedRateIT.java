package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.RateLimit;
import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several JVMs keep one rate together by way of a real Redis, and go on without it. */
class SharedRateIT extends Instances {
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
    void five_instances_share_one_rate_and_go_on_with_their_part_of_it_while_the_store_is_away() throws IOException {
        Standstill standstill = new Standstill();
        List<Long> arrivals = new CopyOnWriteArrayList<>();
        origin.otherwise(request -> {
            arrivals.add(System.nanoTime());
            return ScriptedResponse.respond(200, "ok");
        });
        // A first call takes long after its turn has begun, until all classes are loaded: it goes elsewhere.
        try (ScriptedServer elsewhere = ScriptedServer.http("127.0.0.2")) {
            for (int i = 0; i < 5; i++) {
                ForkedJvm.Running program = program(redis.url(), KEY, """
                    [retry]
                    max_retries = 0
                    [store]
                    url = "${REDIS_URL}"
                    instances = 5
                    [hosts."127.0.0.1".limits]
                    max_rate = "80/2s"
                    max_wait = "2s"
                    scope = "fleet"
                    """);
                awaitStatus(program, "\"state\":\"up\"");
                assertThat(ask(program, "GET " + elsewhere.uri("/"))).isEqualTo("200 ok live");
            }
        }
        load(programs, 2_000);
        programs.forEach(program -> awaitStatus(program, "\"rates\":1,\"local_rates\":0"));

        // What the others do not need, one may have.
        ForkedJvm.Running one = programs.get(0);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            int before = arrivals.size();
            load(List.of(one), 2_000);
            return arrivals.size() - before > 32;
        });
        // It gives back what the others need again, which is theirs when nobody's window holds it any more.
        load(programs, 2_000);

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

        // An attempt that is on its way to the origin for longer than a limit reckons with may arrive too late: by as
        // much
        // as the program and then this origin have stood still beyond that.
        long stood = standstill.longestNanos()
                + programs.stream()
                        .mapToLong(program -> Long.parseLong(ask(program, "STANDSTILL")))
                        .max()
                        .orElseThrow();
        long window = TimeUnit.SECONDS.toNanos(2);
        long allowed = Math.max(0, stood - RateLimit.way(window));
        List<Long> sorted = arrivals.stream().sorted().toList();
        for (int i = 80; i < sorted.size(); i++) {
            assertThat(sorted.get(i) - sorted.get(i - 80))
                    .as("81 arrivals, up to no. %d of %d, in nanoseconds", i, sorted.size())
                    .isGreaterThanOrEqualTo(window - allowed);
        }
    }

    @Test
    void a_store_that_is_paused_full_slow_killed_or_restarted_lets_no_call_wait() throws IOException {
        try (SlowProxy proxy = new SlowProxy(redis.port())) {
            ForkedJvm.Running program = program(redis.url().replace(":" + redis.port(), ":" + proxy.port()), KEY, """
                [retry]
                max_retries = 0
                [retry.circuit_breaker]
                enabled = true
                [limits]
                max_rate = "10000/100ms"
                max_wait = "0s"
                scope = "fleet"
                [store]
                url = "${REDIS_URL}"
                share_breaker_hints = true
                """);
            awaitStatus(program, "\"state\":\"up\"");
            origin.otherwise(ScriptedResponse.respond(200, "ok"));
            // A call that would have to wait is rejected, as those are that come before the store has run for so long
            // that
            // nobody has a lease from before.
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> ask(program, "GET /first").equals("200 ok live"));
            awaitStatus(program, "\"rates\":1,\"local_rates\":0");
            assertThat(ask(program, "LOAD /well 500")).contains(" 0 lost");

            redis.pause();
            assertThat(ask(program, "LOAD /paused 2500")).contains(" 0 lost");
            awaitStatus(program, "\"local_rates\":1");
            redis.resume();
            awaitStatus(program, "\"local_rates\":0");
            assertThat(ask(program, "LOAD /resumed 500")).contains(" 0 lost");

            redis.cli("CONFIG", "SET", "maxmemory", "1");
            assertThat(ask(program, "LOAD /full 500")).contains(" 0 lost");
            Awaitility.await().atMost(PATIENCE).until(() -> program.err().contains("refuses a command (OOM)"));
            redis.cli("CONFIG", "SET", "maxmemory", "0");

            proxy.delay(300);
            assertThat(ask(program, "LOAD /slow 1500")).contains(" 0 lost");
            proxy.delay(0);

            redis.kill();
            assertThat(ask(program, "LOAD /killed 1000")).contains(" 0 lost");
            awaitStatus(program, "\"state\":\"down\"");
            redis.start();
            assertThat(ask(program, "LOAD /restarted 1000")).contains(" 0 lost");
            awaitStatus(program, "\"state\":\"up\"");
            awaitStatus(program, "\"local_rates\":0");
        }
    }
}
