package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.HostPattern;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The named policies of a file: tables {@code [policies.NAME]} that hosts, routes and other policies build on, key by
 * key. Of the policies that somebody names, a later one wins; one that others of the list build on comes before them,
 * and is there once. So the result depends on the names alone, not on the order of the file.
 */
final class PolicyDefinitions {
    /** The table that they stand in. */
    static final String TABLE = "policies";

    /** The number of policies that one may build on, directly and indirectly. */
    private static final int MOST = 50;

    /** The number of names that a message lists. */
    private static final int LISTED = 10;

    private static final String EXAMPLE = "a table such as [policies.search.retry]";

    private final Problems problems;
    private final TableReader tables;
    private final RouteReader routes;
    private final Map<String, NamedPolicy> byName = new LinkedHashMap<>();
    /** The policies that name a host pattern themselves, and where. */
    private final Map<HostPattern, Member> members = new LinkedHashMap<>();

    private final Map<String, NamedPolicy> presets = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    /** The policies of which a circle was reported. */
    private final Set<String> circular = new HashSet<>();

    /** The policies with which one builds on too many, which was reported: each before it does so, too. */
    private final Set<String> overfull = new HashSet<>();

    private final Map<List<String>, List<NamedPolicy>> expanded = new HashMap<>();

    PolicyDefinitions(Problems problems, TableReader tables, RouteReader routes) {
        this.problems = problems;
        this.tables = tables;
        this.routes = routes;
    }

    /**
     * A host pattern that a policy names.
     *
     * @param written as the file has it
     * @param policy the name of the policy
     * @param path the path of the list
     * @param at where it stands
     */
    record Member(String written, String policy, String path, Position at) {}

    /** Reads the table of all named policies. */
    void read(Object found, Position at) {
        if (!(found instanceof ParsedTable table)) {
            TableReader.notTable(problems, TABLE, found, at, EXAMPLE);
            return;
        }
        for (String name : table.names()) {
            String path = TABLE + "." + MessageText.keyPart(name);
            Position where = table.position(name);
            if (!(table.value(name) instanceof ParsedTable own)) {
                TableReader.notTable(problems, path, table.value(name), where, EXAMPLE);
            } else if (name.isEmpty() || name.indexOf(':') >= 0) {
                problems.error(where.line(), where.column(), path, "a policy's name is not empty and has no colon");
            } else {
                if (name.indexOf('$') >= 0) {
                    LiteralCheck.name(name, path, where, problems);
                }
                Settings settings = new Settings(null);
                tables.readPolicy(own, path, settings);
                byName.put(name, new NamedPolicy(name, path, where, settings, routes.define(own, path)));
                addMembers(name, own, settings);
            }
        }
        for (NamedPolicy policy : byName.values()) {
            Setting<List<String>> bases = policy.settings().setting(Keys.POLICY);
            if (!bases.builtIn()) {
                chain(List.of(), bases);
            }
        }
    }

    private void addMembers(String name, ParsedTable table, Settings settings) {
        Setting<List<String>> hosts = settings.setting(Keys.POLICY_HOSTS);
        if (hosts.builtIn() || hosts.found() == null) {
            return;
        }
        Object found = table.value(Keys.POLICY_HOSTS.name());
        for (int i = 0; i < hosts.value().size(); i++) {
            String written = hosts.value().get(i);
            // The elements of an array have their own positions; those of a variable share its.
            boolean elements = found instanceof ParsedArray array
                    && array.values().size() == hosts.value().size();
            Position at = elements
                    ? ((ParsedArray) found).position(i)
                    : new Position(hosts.line(), hosts.column(), hosts.external());
            HostPattern pattern = tables.readPattern(written, hosts.path(), at);
            if (pattern == null) {
                continue;
            }
            used.add(name);
            Member other = members.putIfAbsent(pattern, new Member(written, name, hosts.path(), at));
            if (other != null) {
                problems.error(
                        at.line(),
                        at.column(),
                        hosts.path(),
                        pattern + " is named in line " + other.at().line()
                                + " already; a host may be in the list of one policy: write policy = [...] for the host"
                                + " where it needs several");
            }
        }
    }

    /** The host patterns that policies name themselves. */
    Collection<Map.Entry<HostPattern, Member>> members() {
        return members.entrySet();
    }

    /** The name of the policy that names a host pattern itself, in a list; empty: none does. */
    List<String> memberOf(@Nullable HostPattern pattern) {
        Member member = pattern == null ? null : members.get(pattern);
        return member == null ? List.of() : List.of(member.policy());
    }

    /**
     * The policies that some names stand for, in ascending order of precedence, with those that they build on.
     *
     * @param first names that come before
     * @param named the names that a host, a route or a policy builds on
     */
    List<NamedPolicy> chain(List<String> first, Setting<List<String>> named) {
        List<String> names = new ArrayList<>(first);
        List<String> own = named.found();
        if (own != null) {
            names.addAll(own);
        }
        if (names.isEmpty()) {
            return List.of();
        }
        List<NamedPolicy> known = expanded.get(names);
        if (known == null) {
            Set<NamedPolicy> chain = new LinkedHashSet<>();
            for (String name : names) {
                if (!add(name, named, chain, new LinkedHashSet<>())) {
                    break;
                }
            }
            known = List.copyOf(chain);
            expanded.put(names, known);
        }
        return known;
    }

    /**
     * Adds a policy behind those that it builds on.
     *
     * @param open the policies that are about to be added, each for the one before it
     * @return false: they are too many, which is reported, and nobody needs the rest
     */
    private boolean add(String name, Setting<?> at, Set<NamedPolicy> chain, Set<String> open) {
        used.add(name);
        NamedPolicy policy = find(name);
        if (policy == null) {
            problems.lack(at, unknown(name, at)); // it may be defined where the text cannot be read
            return true;
        }
        if (chain.contains(policy)) {
            return true;
        }
        if (!open.add(name)) {
            if (circular.add(name)) {
                problems.error(
                        policy.settings().setting(Keys.POLICY),
                        "the policies build on each other in a circle: " + String.join(" > ", open) + " > " + name);
            }
            circular.addAll(open);
            return true;
        }
        if (chain.size() + open.size() > MOST) {
            boolean told = !Collections.disjoint(overfull, open);
            overfull.addAll(open);
            if (!told) {
                deep(policy, at);
            }
            return false;
        }
        for (String base : policy.bases()) {
            if (!add(base, policy.settings().setting(Keys.POLICY), chain, open)) {
                return false;
            }
        }
        open.remove(name);
        chain.add(policy);
        return true;
    }

    /** Reports a policy that builds on too many: on itself, perhaps, by a circle that is longer than that. */
    private void deep(NamedPolicy policy, Setting<?> at) {
        if (circular.contains(policy.name())) {
            return;
        }
        List<String> circle = problems.hopeless() ? List.of() : circle(policy);
        if (circle.isEmpty()) {
            problems.error(at, "builds on more than " + MOST + " policies");
            return;
        }
        circular.addAll(circle);
        int shown = Math.min(LISTED, circle.size());
        problems.error(
                policy.settings().setting(Keys.POLICY),
                "the policies build on each other in a circle of " + circle.size() + ": "
                        + String.join(" > ", circle.subList(0, shown))
                        + (shown < circle.size() ? " > ... > " : " > ") + policy.name());
    }

    /** The names of a circle that a policy is in, from itself on; empty: it is in none. */
    private List<String> circle(NamedPolicy policy) {
        Map<String, String> from = new HashMap<>();
        ArrayDeque<String> next = new ArrayDeque<>();
        next.add(policy.name());
        for (String name = next.poll(); name != null; name = next.poll()) {
            NamedPolicy reached = byName.get(name);
            for (String base : reached == null ? List.<String>of() : reached.bases()) {
                if (from.putIfAbsent(base, name) == null) {
                    next.add(base);
                }
            }
        }
        List<String> circle = new ArrayList<>();
        for (String name = from.get(policy.name()); name != null; name = from.get(name)) {
            circle.add(0, name);
            if (name.equals(policy.name())) {
                return circle;
            }
        }
        return List.of();
    }

    /** Finds a policy of the file, or a preset, which is read when it is first asked for. */
    private @Nullable NamedPolicy find(String name) {
        NamedPolicy known = byName.containsKey(name) ? byName.get(name) : presets.get(name);
        if (known != null || !name.startsWith(Presets.PREFIX)) {
            return known;
        }
        ParsedTable table = Presets.table(name.substring(Presets.PREFIX.length()));
        if (table == null) {
            return null;
        }
        Settings settings = new Settings(null);
        tables.readPolicy(table, name, settings);
        NamedPolicy preset = new NamedPolicy(name, name, Position.START, settings, routes.define(table, name));
        presets.put(name, preset);
        return preset;
    }

    private String unknown(String name, Setting<?> at) {
        String shown = at.shown(MessageText.quoted(name));
        boolean hints = at.external() == null && !problems.hopeless();
        if (name.regionMatches(true, 0, Presets.PREFIX, 0, Presets.PREFIX.length())) {
            String near = hints
                    ? Suggestion.nearest(name.substring(Presets.PREFIX.length()).strip(), Presets.names())
                    : null;
            return "there is no preset " + shown
                    + (near != null
                            ? "; did you mean \"" + Presets.PREFIX + near + "\"?"
                            : "; known are " + String.join(", ", Presets.names()));
        }
        if (!hints) {
            return "there is no policy " + shown;
        }
        int colon = name.indexOf(':');
        if (colon > 0) {
            String preset = Suggestion.nearest(name.substring(colon + 1).strip(), Presets.names());
            if (preset != null) {
                return "there is no policy " + shown + "; did you mean \"" + Presets.PREFIX + preset + "\"?";
            }
        }
        String near = Suggestion.nearest(name, byName.keySet());
        if (near != null) {
            return "there is no policy " + shown + "; did you mean \"" + near + "\"?";
        }
        if (Presets.names().contains(name.toLowerCase(Locale.ROOT))) {
            return "there is no policy " + shown + "; did you mean \"" + Presets.PREFIX + name.toLowerCase(Locale.ROOT)
                    + "\"?";
        }
        return "there is no policy " + shown
                + (byName.isEmpty()
                        ? "; define it, such as [policies." + MessageText.keyPart(name) + ".retry]"
                        : "; known are " + listed(byName.keySet()));
    }

    /** Names in a row; of many only the first. */
    private static String listed(Collection<String> names) {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (String name : names) {
            if (shown == LISTED) {
                return text + " and " + (names.size() - LISTED) + " more";
            }
            text.append(shown++ == 0 ? "" : ", ").append(MessageText.keyPart(name));
        }
        return text.toString();
    }

    /** Warns of policies that nobody builds on. */
    void report() {
        for (NamedPolicy policy : byName.values()) {
            if (!used.contains(policy.name())) {
                problems.warn(
                        policy.at().line(),
                        policy.at().column(),
                        policy.path(),
                        "has no effect: no host or route has policy = \"" + policy.name()
                                + "\", and its own hosts name none");
            }
        }
    }
}
