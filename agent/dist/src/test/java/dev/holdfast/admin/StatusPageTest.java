package dev.holdfast.admin;

import static dev.holdfast.observe.ObservedCalls.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.observe.SnapshotJson;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the page that describes the status against the status. */
class StatusPageTest {
    /** Below these, names are labels. */
    private static final Set<String> LABELLED =
            Set.of("retries", "not_retried", "rejections", "would_have", "seconds_in");

    @Test
    void every_property_is_described() throws IOException {
        ObservedCalls observedCalls = new ObservedCalls(Policies.retry()
                .breaker(Breakers.consecutive(2).open(Duration.ofSeconds(60)).build())
                .budget(0.2, 10)
                .limits(new LimitPolicy(10, 0, 1, 1_000_000_000L))
                .policy());
        observedCalls.call("a.example", status(503), status(200));
        observedCalls.call("a.example", status(503), status(503), status(503), status(503));
        Set<String> names = new TreeSet<>();

        collect(JsonMapper.shared().readTree(SnapshotJson.of(observedCalls.status.get())), names);

        String page = Files.readString(Path.of("../../docs/status.md"));
        assertThat(names)
                .hasSizeGreaterThan(40)
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    private static void collect(JsonNode node, Set<String> names) {
        if (node.isArray()) {
            node.forEach(element -> collect(element, names));
        }
        for (String name : node.propertyNames()) {
            names.add(name);
            boolean counts = LABELLED.contains(name) && node.get(name).isObject();
            if (!counts) {
                collect(node.get(name), names);
            }
        }
    }
}
