package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.Route;
import dev.holdfast.policy.RoutePattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the routes of a host, each of which refines the host's settings key by key. */
final class RouteReader {
    private static final String EXAMPLE = "tables such as [[hosts.\"api.example.com\".routes]]";

    private final Problems problems;
    private final TableReader tables;
    private final PolicyFactory factory;
    private final DegradedCheck degraded;
    private final SettingProvenance provenance;

    RouteReader(
            Problems problems,
            TableReader tables,
            PolicyFactory factory,
            DegradedCheck degraded,
            SettingProvenance provenance) {
        this.problems = problems;
        this.tables = tables;
        this.factory = factory;
        this.degraded = degraded;
        this.provenance = provenance;
    }

    /**
     * Reads the routes that a host or a named policy defines.
     *
     * @param table of the host or policy
     * @param tablePath the path that leads to it, as messages show it
     * @return those that are good, in the order of the file
     */
    List<RouteDefinition> define(ParsedTable table, String tablePath) {
        Object value = table.get(Keys.ROUTES);
        if (value == null) {
            return List.of();
        }
        String path = tablePath + "." + Keys.ROUTES;
        if (!(value instanceof ParsedArray array) || (!array.isEmpty() && !array.isOfTables())) {
            TableReader.notTable(problems, path, value, table.position(Keys.ROUTES), EXAMPLE);
            return List.of();
        }
        List<RouteDefinition> found = new ArrayList<>();
        for (int i = 0; i < array.values().size(); i++) {
            Position at = array.position(i);
            if (!(array.values().get(i) instanceof ParsedTable one)) {
                TableReader.notTable(problems, path, array.values().get(i), at, EXAMPLE);
                continue;
            }
            Settings own = new Settings(null);
            tables.readRoute(one, path, own);
            RoutePattern pattern = pattern(path, own, at);
            if (pattern != null) {
                found.add(new RouteDefinition(pattern, own, path, at));
            }
        }
        findUnreachable(path, found);
        for (RouteDefinition route : found) {
            if (takesAll(route.pattern())) {
                problems.warn(
                        route.at().line(),
                        route.at().column(),
                        path,
                        "matches every request, so that the host's own settings are only inherited; move the keys to "
                                + "the host");
            }
        }
        return found;
    }

    /**
     * Reads the routes of a host, and merges them with those of the named policies that it builds on: one for the same
     * requests refines the other, key by key.
     *
     * @param host the host's pattern as written
     * @param hostPattern the same, null if it is none
     * @param hostPath the path that leads to it, as messages show it
     * @param table the host's table
     * @param settings the host's settings
     * @param chain the named policies, in ascending order of precedence
     * @param inheritance the named policies that routes build on
     * @return those that are good
     */
    List<Route> read(
            String host,
            @Nullable HostPattern hostPattern,
            String hostPath,
            ParsedTable table,
            Settings settings,
            List<NamedPolicy> chain,
            PolicyInheritance inheritance) {
        List<RouteDefinition> own = define(table, hostPath);
        boolean alone = true;
        for (NamedPolicy policy : chain) {
            alone &= policy.routes().isEmpty();
        }
        List<Route> routes = new ArrayList<>();
        if (alone) {
            for (RouteDefinition definition : own) {
                add(routes, host, hostPattern, settings, List.of(definition), inheritance);
            }
            return routes;
        }
        Map<String, List<RouteDefinition>> byPattern = new LinkedHashMap<>();
        for (NamedPolicy policy : chain) {
            collect(policy.routes(), byPattern);
        }
        collect(own, byPattern);
        for (List<RouteDefinition> definitions : byPattern.values()) {
            add(routes, host, hostPattern, settings, definitions, inheritance);
        }
        return routes;
    }

    private static void collect(List<RouteDefinition> routes, Map<String, List<RouteDefinition>> byPattern) {
        for (RouteDefinition route : routes) {
            String pattern = route.pattern().toString();
            List<RouteDefinition> same = byPattern.get(pattern);
            if (same == null) {
                same = new ArrayList<>(1);
                byPattern.put(pattern, same);
            }
            same.add(route);
        }
    }

    /** Adds a route that is defined once, or several times in ascending order of precedence. */
    private void add(
            List<Route> routes,
            String host,
            @Nullable HostPattern hostPattern,
            Settings settings,
            List<RouteDefinition> definitions,
            PolicyInheritance inheritance) {
        Settings merged = settings;
        for (RouteDefinition definition : definitions) {
            List<NamedPolicy> chain = inheritance.chain(null, definition.settings());
            for (NamedPolicy policy : chain) {
                if (!policy.routes().isEmpty()) {
                    problems.error(
                            definition.settings().setting(Keys.POLICY),
                            "the policy " + policy.name() + " has routes, and a route has none: name it for the host");
                }
            }
            merged = new Settings(PolicyInheritance.over(chain, merged), definition.settings());
        }
        factory.check(merged);
        if (hostPattern != null) {
            degraded.add(hostPattern, merged);
        }
        if (!problems.any()) {
            RouteDefinition last = definitions.get(definitions.size() - 1);
            Policy policy = factory.policy(host + " " + shown(last.pattern(), merged), merged);
            provenance.add(policy.name(), merged, last.at().line(), Presets.nameIn(last.path()));
            routes.add(new Route(last.pattern(), policy));
        }
    }

    /**
     * Warns where a host is named for the sake of its routes only, in a file without defaults: whoever writes one route
     * does not think of the requests beside it, which come under a policy by that too.
     *
     * @param routes those that are good
     * @param path the path that leads to the host, as messages show it
     * @param table the host's table
     * @param at where it begins
     */
    void checkAlone(List<Route> routes, String path, ParsedTable table, Position at) {
        if (table.size() == 1 && !routes.isEmpty() && routes.stream().noneMatch(route -> takesAll(route.pattern()))) {
            problems.warn(
                    at.line(),
                    at.column(),
                    path,
                    "has nothing but routes, and its other requests come under the built-in defaults, retries "
                            + "included; if"
                            + " that is meant, write [" + path
                            + ".retry] too, else mode = \"off\" for the host and mode ="
                            + " \"enforce\" for each route");
        }
    }

    private static boolean takesAll(RoutePattern pattern) {
        return pattern.prefix()
                && pattern.segments().isEmpty()
                && pattern.methods().isEmpty();
    }

    private @Nullable RoutePattern pattern(String path, Settings settings, Position at) {
        Setting<String> written = settings.own(Keys.ROUTE_PATH);
        if (written == null) {
            problems.lack(at.line(), at.column(), path, "has no path; write one, such as path = \"/v1/**\"");
            return null;
        }
        List<String> methods = settings.setting(Keys.ROUTE_METHODS).found();
        if (written.found() == null || methods == null) {
            return null;
        }
        try {
            return RoutePattern.parse(written.value(), new HashSet<>(methods));
        } catch (IllegalArgumentException e) {
            String text = written.shown(MessageText.quoted(written.value()));
            problems.error(written, text + " is not a valid path: " + e.getMessage());
            return null;
        }
    }

    /** A route as its policy is called: with the names of variables where its path has some. */
    private static String shown(RoutePattern pattern, Settings settings) {
        Setting<String> path = settings.setting(Keys.ROUTE_PATH);
        ExternalSource external = path.external();
        ExternalSource methods = settings.setting(Keys.ROUTE_METHODS).external();
        if (external == null && methods == null) {
            return shown(pattern);
        }
        String names = methods == null ? pattern.methodNames() : methods.written();
        String own = external == null ? shownLiteral(path.value()) : external.written();
        return (names.isEmpty() ? "" : names + " ") + own;
    }

    /** A route as its policy is called where all of it stands in the file itself. */
    static String shown(RoutePattern pattern) {
        return shownLiteral(pattern.toString());
    }

    /** Returns a path as it is written, so that it is not called like one with the variable of that name. */
    private static String shownLiteral(String path) {
        return path.contains("${") ? Substitution.escaped(path) : path;
    }

    /** Reports routes that never apply because of others: twice the same is a mistake, the rest worth a word. */
    private void findUnreachable(String path, List<RouteDefinition> all) {
        List<RouteDefinition> found = new ArrayList<>(all);
        Map<String, Position> seen = new HashMap<>();
        Map<String, Set<String>> methods = new HashMap<>();
        found.sort((a, b) -> {
            int order = RoutePattern.MOST_SPECIFIC_FIRST.compare(a.pattern(), b.pattern());
            return order != 0 ? order : Integer.compare(a.at().line(), b.at().line());
        });
        for (RouteDefinition route : found) {
            Position at = route.at();
            Position first = seen.putIfAbsent(route.pattern().toString(), at);
            if (first != null) {
                problems.error(
                        at.line(),
                        at.column(),
                        path,
                        "has the same path and methods as the route in line " + first.line()
                                + "; only one of the two could ever apply");
                continue;
            }
            // Those before it are at least as specific. All that match its path have the same one, or this one loses
            // only some requests to them.
            String paths =
                    new RoutePattern(route.pattern().segments(), route.pattern().prefix(), Set.of()).toString();
            Set<String> taken = methods.computeIfAbsent(paths, p -> new HashSet<>());
            if (!route.pattern().methods().isEmpty()
                    && taken.containsAll(route.pattern().methods())) {
                problems.warn(
                        at.line(),
                        at.column(),
                        path,
                        "never applies: more specific routes with the same path have all of its methods");
            }
            taken.addAll(route.pattern().methods());
        }
    }
}
