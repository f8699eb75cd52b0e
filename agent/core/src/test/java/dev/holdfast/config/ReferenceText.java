package dev.holdfast.config;

import java.util.List;
import java.util.Map;

/** Writes the reference file from the definitions of the keys: what the shipped one must be, to the letter. */
final class ReferenceText {
    private static final String HEAD = """
            #:schema ./holdfast.schema.json

            # Every key of Holdfast's configuration with its default. Generated from the definitions that the parser uses, and
            # tested against them. A file of your own needs only what it wants otherwise.
            #
            # Durations: a number with d, h, m, s, ms, us or ns, also several ("1m30s"). Sizes: bytes, or a number with KiB, MiB, GiB.
            #
            # Any string, and any host pattern, may hold values from outside: "${NAME}" is a variable of the environment,
            # "${NAME:-default}" one with a default, "${file:/run/secrets/token}" the text of a file; "$${" is a literal "${". A
            # string that is nothing but a variable takes the type of its key: max_retries = "${RETRIES}". A key at the top of the
            # file is also set by its name: -Dholdfast.admin.listen=... before HOLDFAST_ADMIN_LISTEN before the file.
            """;

    private static final String TAIL = """

            # For single hosts, the keys above that say "per host" stand below the host's pattern. What a host does not set comes
            # from the tables above, key by key, and from the defaults where those are missing. Patterns: "api.example.com",
            # "*.example.com" (any depth, not example.com itself), "api-*.example.com" (within a label), "10.0.0.0/8" (hosts that are
            # addresses), "<single-label>" (names without a dot) or "*", each with an optional port ("api.example.com:8443",
            # "[::1]:8080"). The most specific wins: exact, then label by label from the last one (so the longest suffix), or the
            # smallest network, then single labels, then "*"; with a port before without.
            #
            # [hosts."payments.example.com"]
            # mode = "observe"
            #
            # [hosts."*.search.example.com:8443".retry]
            # max_retries = 1
            #
            # [hosts."*.search.example.com:8443".retry.policy]
            # retryable_status_codes = [503]
            #
            # What several hosts have in common is a named policy: a table below [policies.NAME] with whatever a host may have, routes
            # included. It applies to the host patterns in its hosts = [...], and to each host, route or policy with
            # policy = "NAME" or policy = ["A", "B"]. Key by key, a route wins over its host, what either sets itself over its named
            # policies, a later one of these over an earlier one, and all of that over the tables above.
            #
            # "preset:stripe" and the like are policies that come with Holdfast (docs/configuration.md lists them).
            #
            # [policies.search]
            # hosts = ["es1:9200", "es2:9200", "es3:9200"]
            #
            # [policies.search.retry]
            # max_retries = 1
            #
            # [hosts."es3:9200"]
            # mode = "observe"
            #
            # The own key of a host, a route or a policy, and that of a policy:
            #
            """;

    private static final String CONDITIONS = """
            #
            # The keys of a condition, [[retry.policy.when]], of which the action has to be written:
            #
            """;

    private static final String ROUTES = """
            #
            # For some requests to a host, the same keys stand below one of its routes, and come from the host where the route does
            # not set them. The most specific route wins, compared segment by segment: a written one before one with a * before /**,
            # and one that names its methods before one that does not. A query is no part of a path. Each route has a breaker, a
            # budget and limits of its own. A host that has nothing but routes has a policy for its other requests too: the defaults,
            # retries included. Where only routes are meant, write mode = "off" for the host and mode = "enforce" for each route.
            # The own keys of a route:
            #
            # [[hosts."payments.example.com".routes]]
            """;

    private ReferenceText() {}

    static String write() {
        StringBuilder text = new StringBuilder(HEAD);
        for (Section section : Keys.sections()) {
            text.append('\n');
            if (!section.path().isEmpty()) {
                text.append("# ").append(section.meaning()).append('\n');
                text.append('[').append(section.path()).append("]\n");
            }
            for (Key<?> key : section.keys()) {
                write(key, text);
            }
        }
        text.append(TAIL);
        commented(Keys.ofBuilding(), text);
        commented(Keys.ofNamed(), text);
        text.append(CONDITIONS);
        commented(RetryKeys.CONDITION.keys(), text);
        text.append(ROUTES);
        commented(Keys.ofRoutes(), text);
        return text.toString();
    }

    private static void commented(List<Key<?>> keys, StringBuilder text) {
        for (Key<?> key : keys) {
            StringBuilder lines = new StringBuilder();
            write(key, lines);
            lines.toString()
                    .lines()
                    .forEach(line -> text.append("# ").append(line).append('\n'));
        }
    }

    private static void write(Key<?> key, StringBuilder text) {
        String range = key.range().isEmpty() ? "" : ", " + key.range();
        StringBuilder words = new StringBuilder();
        for (String choice : key.choices().words()) {
            words.append(words.isEmpty() ? ": " : ", ").append(literal(choice));
        }
        String scope = key.perHost() ? "; per host" : "";
        text.append("# ").append(key.meaning()).append('\n');
        text.append("# (")
                .append(key.type().label())
                .append(range)
                .append(words)
                .append(scope)
                .append(")\n");
        text.append(MessageText.keyPart(key.name()))
                .append(" = ")
                .append(literal(key.standard()))
                .append('\n');
    }

    static String literal(Object value) {
        if (value instanceof String text) {
            return '"' + text + '"';
        }
        if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ", ", list.stream().map(ReferenceText::literal).toList()) + "]";
        }
        return value instanceof Map<?, ?> ? "{}" : value.toString();
    }
}
