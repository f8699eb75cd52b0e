package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.policy.ValueSource;
import dev.holdfast.store.RedisConnector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of a shared rate, run by a real Redis for instances that the test makes up. */
class LeaseScriptIT {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path directory;

    /** An instance that has nothing and wants all. */
    private static FleetShare.Request first(int permits) {
        return new FleetShare.Request(0, 0, permits, permits, permits / 10, true);
    }

    private static LeaseScript.Granted ask(
            StoreConnection store, String key, String who, int permits, long window, FleetShare.Request request)
            throws IOException {
        return Objects.requireNonNull(LeaseScript.run(store, key, who, permits, window, request));
    }

    @Test
    void a_rate_that_is_new_to_a_store_that_has_run_for_long_is_granted_at_once_and_by_all_windows()
            throws IOException {
        try (RedisServer redis = new RedisServer(directory);
                StoreConnection store = new RedisConnector(settings(redis)).open()) {
            assertThat(ask(store, "new", "a", 20, SECOND, first(20)).lanes())
                    .as("a store that has just begun")
                    .isZero();
            redis.cli("DEL", "new");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                redis.cli("DEL", "waits");
                return ask(store, "waits", "a", 20, SECOND, first(20)).lanes() == 20;
            });

            FleetShare.Request lost = new FleetShare.Request(0, 1, 20, 20, 2, false);
            assertThat(ask(store, "lost", "a", 20, SECOND, lost).lanes())
                    .as("somebody who has had lanes")
                    .isEqualTo(2);
            assertThat(ask(store, "lost", "b", 20, SECOND, first(20)).lanes()).isEqualTo(2);

            assertThat(ask(store, "idle", "a", 20, SECOND, first(20)).lanes()).isEqualTo(20);
            redis.cli("HSET", "idle", "last", "1");
            assertThat(ask(store, "idle", "b", 20, SECOND, first(20)).lanes())
                    .as("after a gap, in which others may be alone")
                    .isZero();
            redis.cli("DEL", "idle");
            ask(store, "idle", "a", 20, SECOND, first(20));
            ask(store, "idle", "a", 20, SECOND, new FleetShare.Request(0, 0, 0, 0, 2, false));
            redis.cli("HSET", "idle", "last", "1");
            assertThat(ask(store, "idle", "b", 20, SECOND, first(20)).lanes())
                    .as("after nobody has had a lane")
                    .isEqualTo(20);

            assertThat(ask(store, "two", "a", 20, SECOND, new FleetShare.Request(0, 0, 15, 15, 2, true))
                            .lanes())
                    .isEqualTo(15);
            LeaseScript.Granted longer = ask(store, "two", "b", 40, 2 * SECOND, first(40));
            assertThat(longer.lanes()).as("in two seconds").isEqualTo(10);
            assertThat(longer.others().lanes()).isEqualTo(30);
            assertThat(longer.others().wants()).containsExactly(30);
            LeaseScript.Granted shorter =
                    ask(store, "two", "a", 20, SECOND, new FleetShare.Request(0, 15, 20, 20, 2, false));
            assertThat(shorter.lanes()).isEqualTo(15);
            assertThat(shorter.others().wants()).containsExactly(20);
        }
    }

    private static StoreSettings settings(RedisServer redis) {
        return new StoreSettings(
                List.of("127.0.0.1:" + redis.port()),
                false,
                "",
                RedisServer.PASSWORD,
                0,
                "",
                false,
                SECOND,
                "fleet",
                "",
                false,
                ValueSource.FILE);
    }
}
