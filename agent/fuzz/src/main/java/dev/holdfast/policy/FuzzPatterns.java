package dev.holdfast.policy;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Host and route patterns, and what they are held against: whatever the text, an answer, or the one exception of a
 * parser.
 */
public final class FuzzPatterns {
    private static final Policy POLICY = new Policy(
            "*",
            Mode.ENFORCE,
            RetryPolicy.NONE,
            BreakerPolicy.NONE,
            BudgetPolicy.NONE,
            LimitPolicy.NONE,
            HedgePolicy.NONE,
            FallbackPolicy.NONE);

    private FuzzPatterns() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        if (data.consumeBoolean()) {
            hosts(data);
        } else {
            routes(data);
        }
    }

    private static void hosts(FuzzedDataProvider data) {
        Map<HostPattern, String> patterns = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            String text = data.consumeString(80);
            HostPattern pattern = pattern(text);
            if (pattern == null) {
                continue;
            }
            check(pattern.equals(pattern(pattern.toString())), text + " is not what it says");
            patterns.put(pattern, text);
            if (pattern.kind() == HostPattern.Kind.EXACT || pattern.kind() == HostPattern.Kind.SUFFIX) {
                String host = (pattern.kind() == HostPattern.Kind.SUFFIX ? "a." : "") + pattern.host();
                int port = pattern.port() == 0 ? 80 : pattern.port();
                check(new PolicyTable<>(Map.of(pattern, text)).find(host, port) != null, text + " misses " + host);
            }
        }
        String host = data.consumeRemainingAsString();
        String canonical = HostPattern.canonicalHost(host);
        String found = new PolicyTable<>(patterns).find(canonical, 80);
        boolean matches = patterns.keySet().stream()
                .anyMatch(pattern -> pattern.matchesHost(canonical) && (pattern.port() == 0 || pattern.port() == 80));
        check(matches == (found != null), canonical + " is found by no pattern that matches, or the other way round");
        if (HostName.impossible(canonical) == null) {
            check(HostPattern.canonicalHost(canonical).equals(canonical), canonical + " is not canonical");
        }
    }

    private static @Nullable HostPattern pattern(String text) {
        try {
            return HostPattern.parse(text);
        } catch (IllegalArgumentException e) {
            check(String.valueOf(e.getMessage()).contains("is not a valid host pattern"), "another exception: " + e);
            return null;
        }
    }

    private static void routes(FuzzedDataProvider data) {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try {
                Set<String> methods = data.consumeBoolean() ? Set.of() : Set.of("GET");
                routes.add(new Route(RoutePattern.parse("/" + data.consumeString(40), methods), POLICY));
            } catch (IllegalArgumentException e) {
                check(String.valueOf(e.getMessage()).contains("allowed are"), "another exception: " + e);
            }
        }
        RouteTable table = RouteTable.of(routes);
        String method = data.consumeBoolean() ? "GET" : "POST";
        List<String> path = RoutePattern.segments(data.consumeRemainingAsString());
        Route first = null;
        for (int i = table.size() - 1; i >= 0; i--) {
            first = table.get(i).pattern().matches(method, path) ? table.get(i) : first;
        }
        check(table.find(path, method) == first, "not the first route that matches");
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new AssertionError(otherwise);
        }
    }
}
