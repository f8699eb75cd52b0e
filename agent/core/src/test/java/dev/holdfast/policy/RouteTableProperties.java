package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The tree of routes finds what a look at one route after another would find. */
class RouteTableProperties {
    @Property
    void findsTheFirstOfTheListThatMatches(
            @ForAll("routes") List<Route> routes, @ForAll("paths") String path, @ForAll("methods") String method) {
        RouteTable table = RouteTable.of(routes);
        List<String> segments = RoutePattern.segments(path);

        assertThat(table.find(segments, method)).isSameAs(first(table, segments, method));
        assertThat(table.anyInForce(segments))
                .isEqualTo(table.stream()
                        .anyMatch(route -> route.policy().mode() != Mode.OFF
                                && route.pattern().matchesPath(segments)));
    }

    @Property
    void anyOrderOfTheFileGivesTheSame(@ForAll("routes") List<Route> routes, @ForAll("paths") String path) {
        List<Route> reversed = new ArrayList<>(routes);
        Collections.reverse(reversed);
        Route one = RouteTable.of(routes).find(RoutePattern.segments(path), "GET");
        Route other = RouteTable.of(reversed).find(RoutePattern.segments(path), "GET");

        assertThat(one == null).isEqualTo(other == null);
        if (one != null && other != null) {
            assertThat(RoutePattern.MOST_SPECIFIC_FIRST.compare(one.pattern(), other.pattern()))
                    .isZero();
        }
    }

    private static @Nullable Route first(List<Route> sorted, List<String> path, String method) {
        for (Route route : sorted) {
            if (route.pattern().matches(method, path)) {
                return route;
            }
        }
        return null;
    }

    @Provide
    Arbitrary<List<Route>> routes() {
        Arbitrary<String> segment = Arbitraries.of("a", "b", "ab", "*", "a*", "*a", "*b", "b*", "");
        Arbitrary<String> path = Combinators.combine(
                        segment.list().ofMinSize(1).ofMaxSize(3), Arbitraries.of("", "", "/**"))
                .as((segments, end) -> "/" + String.join("/", segments) + end);
        Arbitrary<Set<String>> methods =
                Arbitraries.of("GET", "POST", "HEAD").set().ofMaxSize(2).map(HashSet::new);
        Arbitrary<Mode> modes = Arbitraries.of(Mode.class);
        return Combinators.combine(path, methods, modes)
                .as((text, names, mode) -> new Route(
                        RoutePattern.parse(text, names), Policies.retry().policy(mode)))
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> paths() {
        Arbitrary<String> segment = Arbitraries.of("a", "b", "ab", "ba", "aba", "c", "");
        return segment.list().ofMaxSize(4).map(segments -> "/" + String.join("/", segments));
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.of("GET", "POST", "PUT");
    }
}
