package dev.holdfast.admin;

import static dev.holdfast.observe.ObservedCalls.status;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.Policies;
import java.time.Duration;

/**
 * A program that calls very many origins, in every five seconds of five minutes, some of which fail; and what shows it.
 */
final class ManyOrigins {
    final ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
            .breaker(Breakers.consecutive(4).open(Duration.ofSeconds(600)).build())
            .policy());
    final History history = new History();
    final AdminRoutes adminRoutes;

    ManyOrigins(int origins) throws ConfigException {
        Configuration configuration = ConfigLoader.parse("[retry]\nmax_retries = 3", "holdfast.toml");
        adminRoutes = new AdminRoutes(observedCalls.status, () -> configuration, history);
        for (int i = 0; i < origins; i++) {
            observedCalls.call("host" + i + ".many.example", status(200));
        }
        for (int bucket = 0; bucket < History.BUCKETS; bucket++) {
            look();
            for (int i = 0; i < Math.min(origins, 2_000); i++) {
                String host = "host" + i + ".many.example";
                observedCalls.call(host, status(200));
                if (i % 10 == 0) {
                    observedCalls.call(host, status(503), status(200));
                }
                if (i % 100 == 0) {
                    observedCalls.call(host, status(503), status(503), status(503), status(503));
                }
            }
        }
    }

    private void look() {
        do {
            observedCalls.pass(Duration.ofMillis(100));
        } while (!history.due(observedCalls.status.get().epochMillis()));
        history.add(observedCalls.status.get());
    }
}
