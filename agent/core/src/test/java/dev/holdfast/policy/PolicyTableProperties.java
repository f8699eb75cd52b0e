package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                .filter(pattern -> pattern.matchesHost(host))
                .min(PolicyTableProperties::compare)
                .orElse(null);
        assertThat(new PolicyTable<>(values).find(host, port)).isEqualTo(expected);
    }

    /** The order in which patterns were given plays no part. */
    @Property
    void findsTheSameWhateverTheOrder(
            @ForAll("patterns") Set<HostPattern> patterns, @ForAll("hosts") String host, @ForAll long seed) {
        List<HostPattern> shuffled = new ArrayList<>(patterns);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(new PolicyTable<>(values(shuffled)).find(host, 80))
                .isEqualTo(new PolicyTable<>(values(patterns)).find(host, 80));
    }

    /** Each two patterns of a host have an order, and any three the same one all around. */
    @Property
    void theOrderOfThePatternsOfAHostIsTotal(
            @ForAll("patterns") Set<HostPattern> patterns, @ForAll("hosts") String host) {
        List<HostPattern> matching =
                patterns.stream().filter(pattern -> pattern.matchesHost(host)).toList();
        for (HostPattern one : matching) {
            for (HostPattern other : matching) {
                int order = Integer.signum(compare(one, other));
                assertThat(order).isEqualTo(-Integer.signum(compare(other, one)));
                assertThat(order == 0).as("%s, %s", one, other).isEqualTo(one.equals(other));
                for (HostPattern third : matching) {
                    if (order < 0 && compare(other, third) < 0) {
                        assertThat(compare(one, third)).isNegative();
                    }
                }
            }
        }
    }

    /** Whichever of two patterns of a host is written first, one of them wins, and always the same. */
    @Property
    void oneOfTwoWins(@ForAll("patterns") Set<HostPattern> patterns, @ForAll("hosts") String host) {
        for (HostPattern one : patterns) {
            for (HostPattern other : patterns) {
                if (one.matchesHost(host) && other.matchesHost(host) && !one.equals(other)) {
                    int port = Math.max(1, Math.max(one.port(), other.port()));
                    HostPattern wins = new PolicyTable<>(values(List.of(one, other))).find(host, port);
                    assertThat(wins).isIn(one, other);
                    assertThat(new PolicyTable<>(values(List.of(other, one))).find(host, port))
                            .isEqualTo(wins);
                }
            }
        }
    }

    private static Map<HostPattern, HostPattern> values(Collection<HostPattern> patterns) {
        Map<HostPattern, HostPattern> values = new LinkedHashMap<>();
        patterns.forEach(pattern -> values.put(pattern, pattern));
        return values;
    }

    /** The documented order of two patterns that match the same host. */
    private static int compare(HostPattern one, HostPattern other) {
        int kind = Integer.compare(rank(one.kind()), rank(other.kind()));
        if (kind != 0) {
            return kind;
        }
        if (one.kind() == Kind.NETWORK && !one.host().equals(other.host())) {
            // An IPv4 address within an IPv6 one is in networks of both; those of IPv4 are smaller.
            int family = Boolean.compare(one.host().contains(":"), other.host().contains(":"));
            return family != 0 ? family : Integer.compare(bits(other), bits(one));
        }
        List<String> mine = labels(one);
        List<String> its = labels(other);
        for (int i = 1; i <= Math.min(mine.size(), its.size()); i++) {
            int label = compare(mine.get(mine.size() - i), its.get(its.size() - i), i == mine.size(), i == its.size());
            if (label != 0) {
                return label;
            }
        }
        return mine.size() != its.size()
                ? Integer.compare(its.size(), mine.size())
                : Integer.compare(other.port(), one.port());
    }

    private static List<String> labels(HostPattern pattern) {
        return HostPattern.labels(pattern.kind() == Kind.SUFFIX ? "*." + pattern.host() : pattern.host());
    }

    /** Compares labels; the first one of a pattern may be a star for any number of them. */
    private static int compare(String one, String other, boolean firstOfOne, boolean firstOfOther) {
        Comparator<String> order = Comparator.comparing((String label) -> label.contains("*"))
                .thenComparing(label -> -label.length())
                .thenComparing(label -> -label.indexOf('*'));
        int label = order.compare(one, other);
        boolean any = one.equals("*") && other.equals("*");
        return label != 0 || !any ? label : Boolean.compare(firstOfOne, firstOfOther);
    }

    private static int bits(HostPattern network) {
        return Integer.parseInt(network.host().substring(network.host().indexOf('/') + 1));
    }

    private static int rank(Kind kind) {
        return switch (kind) {
            case EXACT -> 0;
            case SUFFIX, LABELS -> 1;
            case NETWORK -> 2;
            case SINGLE_LABEL -> 3;
            case ANY -> 4;
        };
    }

    @Provide
    Arbitrary<Set<HostPattern>> patterns() {
        Arbitrary<String> names =
                Arbitraries.of(LABELS).list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
        Arbitrary<HostPattern> named = Combinators.combine(
                        Arbitraries.of(Kind.EXACT, Kind.SUFFIX), names, patternPorts())
                .as(HostPattern::new);
        Arbitrary<HostPattern> any = Combinators.combine(
                        Arbitraries.of(
                                "*",
                                "<single-label>",
                                "10.0.0.0/8",
                                "10.1.0.0/16",
                                "10.1.2.0/23",
                                "10.1.2.3",
                                "0.0.0.0/0",
                                "[fd00::]/8",
                                "[fd00::]/16",
                                "[::]/0"),
                        patternPorts())
                .as(PolicyTableProperties::pattern);
        Arbitrary<HostPattern> starred = Combinators.combine(
                        Arbitraries.of("a*", "*a", "*", "a*a", "aA*", "*Aa", "a", "b", "aAa")
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(4)
                                .filter(labels ->
                                        labels.stream().anyMatch(label -> !label.equals("*")) || labels.size() > 1)
                                .map(labels -> String.join(".", labels)),
                        patternPorts())
                .as(PolicyTableProperties::pattern);
        return Arbitraries.frequencyOf(Tuple.of(9, named), Tuple.of(6, starred), Tuple.of(3, any))
                .set()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> hosts() {
        Arbitrary<String> names =
                Arbitraries.of(LABELS).list().ofMinSize(1).ofMaxSize(4).map(labels -> String.join(".", labels));
        Arbitrary<String> addresses = Arbitraries.of(
                "10.1.2.3",
                "10.1.3.3",
                "10.9.9.9",
                "11.0.0.1",
                "fd00::1",
                "fe80::1%eth0",
                "::1",
                "::ffff:10.1.2.3",
                "::ffff:11.0.0.1");
        return Arbitraries.frequencyOf(Tuple.of(5, names), Tuple.of(1, addresses));
    }

    /** Reads a pattern; its labels are canonical as the hosts of this test are not. */
    private static HostPattern pattern(String text, int port) {
        HostPattern pattern = HostPattern.parse(port == 0 ? text : text + ":" + port);
        return pattern.kind() == Kind.LABELS ? new HostPattern(Kind.LABELS, text, port) : pattern;
    }

    @Provide
    Arbitrary<Integer> ports() {
        return Arbitraries.of(80, 443, 8443);
    }

    private static Arbitrary<Integer> patternPorts() {
        return Arbitraries.of(0, 80, 443);
    }
}
