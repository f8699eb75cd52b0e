package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.Explanation.Candidate;
import dev.holdfast.config.Explanation.Verdict;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import dev.holdfast.policy.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Tests that explanations of patterns agree with the product's own look-up. */
class ExplanationProperties {
    @Property(tries = 2_000)
    void whatAppliesIsWhatTheTableFinds(@ForAll("patterns") Set<String> patterns, @ForAll("urls") String url)
            throws ConfigException {
        StringBuilder file = new StringBuilder();
        for (String pattern : patterns) {
            file.append("[hosts.\"").append(pattern).append("\".retry]\n");
        }
        Configuration configuration = ConfigLoader.parse(file.toString(), "t.toml");
        RequestUrl request = RequestUrl.parse(url);

        Explanation why = Explanation.of(configuration, "GET", request);

        Policy found = find(configuration.policies(), request.origin());
        assertThat(why.policy()).isEqualTo(found == null ? null : found.name());
        assertThat(why.hosts().stream().filter(host -> host.verdict() == Verdict.APPLIES))
                .extracting(Candidate::pattern)
                .isEqualTo(found == null ? List.of() : List.of(found.name()));
        configuration.policies().forEach((pattern, policy) -> {
            boolean matches = find(new LinkedHashMap<>(Map.of(pattern, policy)), request.origin()) != null;
            assertThat(MatchExplanation.mismatch(pattern, request.origin()) == null)
                    .isEqualTo(matches);
            if (matches) {
                assertThat(why.hosts()).extracting(Candidate::pattern).contains(policy.name());
            }
        });
        assertThat(why.hosts().size() + why.hostsLeftOut())
                .isEqualTo(configuration.policies().size());
    }

    @Property(tries = 1_000)
    void theRouteThatAppliesIsTheOneWhosePolicyHolds(
            @ForAll("paths") Set<String> routes, @ForAll("path") String path, @ForAll boolean post)
            throws ConfigException {
        StringBuilder file = new StringBuilder("[hosts.\"a.example\"]\nmode = \"enforce\"\n");
        int i = 0;
        for (String route : routes) {
            file.append("[[hosts.\"a.example\".routes]]\npath = \"")
                    .append(route)
                    .append("\"\n");
            file.append(i++ % 2 == 0 ? "methods = [\"POST\"]\n" : "");
        }
        Configuration configuration = ConfigLoader.parse(file.toString(), "t.toml");
        String method = post ? "POST" : "GET";

        Explanation why = Explanation.of(configuration, method, RequestUrl.parse("https://a.example" + path));

        Policy host = Objects.requireNonNull(configuration.policies().get(HostPattern.parse("a.example")));
        Policy holds = host.of(method, path);
        assertThat(why.policy()).isEqualTo(holds.name());
        assertThat(why.routes().stream().filter(route -> route.verdict() == Verdict.APPLIES))
                .extracting(Candidate::pattern)
                .isEqualTo(host.routes().stream()
                        .filter(route -> route.policy().equals(holds))
                        .map(Route::pattern)
                        .map(Object::toString)
                        .toList());
        assertThat(why.routes()).allSatisfy(route -> assertThat(route.reason()).isNotEmpty());
    }

    private static Policy find(Map<HostPattern, Policy> policies, Origin origin) {
        return new PolicyTable<>(policies).find(origin.host(), origin.port());
    }

    @Provide
    Arbitrary<String> urls() {
        return Combinators.combine(hosts(), ports()).as((host, port) -> "http://" + host + port + "/");
    }

    @Provide
    Arbitrary<Set<String>> patterns() {
        Arbitrary<String> any = Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(3, hosts()),
                                net.jqwik.api.Tuple.of(2, addresses()),
                                net.jqwik.api.Tuple.of(3, names().map(host -> "*." + host)),
                                net.jqwik.api.Tuple.of(2, names().map(host -> "x*." + host)),
                                net.jqwik.api.Tuple.of(
                                        2,
                                        Arbitraries.of(
                                                "*.*.example",
                                                "<single-label>",
                                                "10.0.0.0/8",
                                                "127.0.0.0/16",
                                                "[::]/0",
                                                "*")),
                                net.jqwik.api.Tuple.of(1, Arbitraries.just("*"))),
                        ports())
                .as((host, port) -> host + port);
        return any.set().ofMinSize(1).ofMaxSize(8);
    }

    private static Arbitrary<String> hosts() {
        return Arbitraries.oneOf(names(), names(), addresses());
    }

    /** Returns addresses in each zone that an address may name, and in none. */
    private static Arbitrary<String> addresses() {
        return Arbitraries.of("[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%25eth1]", "[fe80::2%25eth0]", "[::1]");
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "ab").list().ofMinSize(1).ofMaxSize(3).map(labels -> String.join(".", labels));
    }

    private static Arbitrary<String> ports() {
        return Arbitraries.of("", "", ":80", ":8080");
    }

    @Provide
    Arbitrary<String> path() {
        return Arbitraries.of("a", "b", "")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts));
    }

    @Provide
    Arbitrary<Set<String>> paths() {
        return Arbitraries.of("a", "b", "*", "a*")
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(parts -> "/" + String.join("/", parts))
                .flatMap(path -> Arbitraries.of(path, path + "/**"))
                .set()
                .ofMaxSize(6);
    }
}
