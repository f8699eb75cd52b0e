package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class PolicyTableProperties {
    /** The first two have the same hash, read from the end or the beginning. */
    private static final List<String> LABELS = List.of("aAa", "BBa", "a", "b", "aa");

    /** Compares the table with a search as a person would do it: the most specific of all patterns that match. */
    @Property
    void findsWhatGoingThroughAllPatternsFinds(
            @ForAll("patterns") Set<HostPattern> patterns, @ForAll("hosts") String host, @ForAll("ports") int port) {
        Map<HostPattern, HostPattern> values = new HashMap<>();
        patterns.forEach(pattern -> values.put(pattern, pattern));
        HostPattern expected = patterns.stream()
                .filter(pattern -> pattern.port() == 0 || pattern.port() == port)
                .filter(pattern -> switch (pattern.kind()) {
                    case EXACT -> host.equals(pattern.host());
                    case SUFFIX -> host.endsWith("." + pattern.host());
                    case ANY -> true;
                })
                .max(Comparator.comparing((HostPattern pattern) -> pattern.kind() == Kind.EXACT)
                        .thenComparing(pattern -> pattern.host().length())
                        .thenComparing(HostPattern::port))
                .orElse(null);
        assertThat(new PolicyTable<>(values).find(host, port)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Set<HostPattern>> patterns() {
        Arbitrary<HostPattern> named = Combinators.combine(
                        Arbitraries.of(Kind.EXACT, Kind.SUFFIX), hosts(), patternPorts())
                .as(HostPattern::new);
        Arbitrary<HostPattern> any = patternPorts().map(port -> new HostPattern(Kind.ANY, "", port));
        return Arbitraries.frequencyOf(Tuple.of(9, named), Tuple.of(1, any))
                .set()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.of(LABELS).list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<Integer> ports() {
        return Arbitraries.of(80, 443, 8443);
    }

    private static Arbitrary<Integer> patternPorts() {
        return Arbitraries.of(0, 80, 443);
    }
}
