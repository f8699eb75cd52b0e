package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.call.SharedTargets;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.policy.ValueSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases are renewed in the background for as long as their rate is in use. */
class RateLeasesTest {
    private final MemoryStore store = new MemoryStore();
    private final SharedTargets targets = new SharedTargets();
    private final StoreClient client = new StoreClient(
            new StoreSettings(
                    List.of("store:6379"),
                    false,
                    "",
                    "",
                    0,
                    "",
                    false,
                    Duration.ofSeconds(20).toNanos(),
                    "fleet",
                    "",
                    false,
                    ValueSource.FILE),
            store,
            (bad, what) -> {});

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void a_lease_is_taken_with_the_first_call_and_renewed() {
        store.leaseAnswer = "20 1000 0 5;5 3";
        RateLeases leases = new RateLeases(client, targets.all);
        FleetShare share = targets.share(100);
        assertThat(leases.rates()).isEqualTo(1);

        assertThat(share.prepare(true, System.nanoTime())).isFalse();
        await().until(() -> share.isLeased(System.nanoTime()));
        assertThat(leases.alone()).isZero();
        await().until(() -> leases.renewals() > 3);
        assertThat(share.lanes(System.nanoTime())).isBetween(1, 20);
        assertThat(store.leases.get(0).subList(1, 6)).containsExactly("100", "0", "2", "2", "20");
        assertThat(store.leases.get(0).get(0))
                .as("the instance")
                .isEqualTo(store.leases.get(3).get(0));
    }

    @Test
    void where_the_store_is_away_or_says_what_nobody_understands_the_instance_has_its_part() {
        store.leaseAnswer = "what";
        RateLeases leases = new RateLeases(client, targets.all);
        FleetShare share = targets.share(100);
        boolean unused = share.prepare(true, System.nanoTime());

        await().until(() -> share.lanes(System.nanoTime()) == 20);
        assertThat(leases.alone()).isEqualTo(1);
        assertThat(leases.renewals()).isZero();

        store.leaseAnswer = "7 1000 0 0;";
        await().until(() -> share.isLeased(System.nanoTime()));
        assertThat(share.lanes(System.nanoTime())).isLessThanOrEqualTo(20);
    }

    @Test
    void a_rate_that_is_configured_no_more_is_leased_no_more() {
        store.leaseAnswer = "20 1000 0 0;";
        RateLeases leases = new RateLeases(client, targets.all);
        FleetShare share = targets.share(100);
        boolean unused = share.prepare(true, System.nanoTime());
        await().until(() -> share.isLeased(System.nanoTime()));

        targets.all.retain(Set.of());

        await().until(() -> leases.rates() == 0);
    }
}
