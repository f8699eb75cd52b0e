package dev.holdfast.config;

import dev.holdfast.policy.HostPattern;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks through tables, reads what is known, and reports what is not with the nearest that is. */
final class TableReader {
    private final Problems problems;
    private final ValueReader values;

    TableReader(Problems problems) {
        this.problems = problems;
        values = new ValueReader(problems);
    }

    /** Reads the top of the file into settings; the hosts are left to the caller. */
    void readTop(ParsedTable table, Settings settings) {
        read(table, "", new Place(Level.TOP, "", settings));
    }

    /**
     * Reads what stands below a host's pattern.
     *
     * @param name the pattern
     * @param path the path that leads to it, as messages show it
     * @return false if this is no host, but a part of one whose pattern lacks its quotes; that was reported
     */
    boolean readHost(ParsedTable table, String name, String path, Settings settings) {
        for (String key : table.names()) {
            if (table.value(key) instanceof ParsedTable inner && Keys.findSection(key) == null) {
                String whole = unquoted(name + "." + key, inner);
                if (whole != null) {
                    Position at = table.position(key);
                    problems.error(
                            at.line(),
                            at.column(),
                            path + "." + MessageText.keyPart(key),
                            "unknown key; a pattern with dots needs quotes: [hosts." + MessageText.keyPart(whole)
                                    + "]");
                    return false;
                }
            }
        }
        read(table, "", new Place(Level.HOST, path, settings));
        return true;
    }

    /**
     * Reads one element of a host's {@code routes}.
     *
     * @param path the path that leads to it, as messages show it
     */
    void readRoute(ParsedTable table, String path, Settings settings) {
        read(table, "", new Place(Level.ROUTE, path, settings));
    }

    /**
     * Reads a named policy; its routes are left to the caller.
     *
     * @param path the path that leads to it, as messages show it
     */
    void readPolicy(ParsedTable table, String path, Settings settings) {
        read(table, "", new Place(Level.POLICY, path, settings));
    }

    /** Reads a host pattern; null: it is none, which is reported. */
    @Nullable
    HostPattern readPattern(String name, String path, Position at) {
        if (name.indexOf('@') >= 0) {
            // Said here, without the pattern: what stands before the @ is a credential.
            problems.error(at.line(), at.column(), path, "remove the user information from the host pattern");
            return null;
        }
        try {
            return HostPattern.parse(name);
        } catch (IllegalArgumentException e) {
            String message = at.external() == null
                    ? String.valueOf(e.getMessage())
                    : "the value of " + at.external().shown()
                            + (name.isBlank() ? " is empty, which is no host pattern" : " is not a valid host pattern")
                            + ", such as api.example.com, *.example.com or *, each with an optional :port";
            problems.error(at.line(), at.column(), path, message);
            return null;
        }
    }

    /** The pattern that was torn apart at its dots, or null if nothing below looks like a host's settings. */
    private static @Nullable String unquoted(String name, ParsedTable table) {
        String whole = name;
        ParsedTable inner = table;
        while (!inner.contains("retry") && !inner.contains("mode")) {
            if (inner.size() != 1) {
                return null;
            }
            String next = inner.names().iterator().next();
            if (!(inner.get(next) instanceof ParsedTable deeper)) {
                return null;
            }
            whole = whole + "." + next;
            inner = deeper;
        }
        return whole;
    }

    private enum Level {
        TOP,
        HOST,
        ROUTE,
        POLICY
    }

    /** The current place of the walk: the host or route that it is below, and the settings that it fills. */
    private record Place(Level level, String prefix, Settings settings) {
        boolean host() {
            return level != Level.TOP;
        }

        /** The tables whose content is left to the caller. */
        List<String> leftOut() {
            return switch (level) {
                case TOP -> List.of("hosts", PolicyDefinitions.TABLE);
                case HOST, POLICY -> List.of(Keys.ROUTES);
                case ROUTE -> List.of();
            };
        }

        /** The keys that stand here beside those of the sections. */
        List<Key<?>> own() {
            List<Key<?>> own = new ArrayList<>(level == Level.TOP ? List.of() : Keys.ofBuilding());
            own.addAll(level == Level.ROUTE ? Keys.ofRoutes() : level == Level.POLICY ? Keys.ofNamed() : List.of());
            return own;
        }

        String shown(String path) {
            return prefix.isEmpty() || path.isEmpty() ? prefix + path : prefix + "." + path;
        }

        boolean allows(boolean perHost) {
            return perHost || level == Level.TOP;
        }
    }

    private void read(ParsedTable table, String section, Place place) {
        for (String name : table.names()) {
            Object value = table.value(name);
            String path = section.isEmpty() ? name : section + "." + name;
            Position at = table.position(name);
            // A quoted name may hold a dot: it must not reach into a section by that.
            Key<?> key = find(path, name, place);
            Section inner = name.indexOf('.') >= 0 ? null : Keys.findSection(path);
            if (key != null) {
                readKey(key, value, at, place);
            } else if (inner != null && place.allows(inner.perHost())) {
                readSection(inner, value, at, place);
            } else if (!place.leftOut().contains(path)) {
                String shown = place.shown(
                        section.isEmpty() ? MessageText.keyPart(name) : section + "." + MessageText.keyPart(name));
                problems.error(at.line(), at.column(), shown, unknown(section, name, value, place));
            }
        }
    }

    private static @Nullable Key<?> find(String path, String name, Place place) {
        Key<?> key = Keys.find(path);
        if (key == null && path.indexOf('.') < 0) {
            for (Key<?> own : place.own()) {
                if (own.path().equals(path)) {
                    return own;
                }
            }
        }
        return key != null && key.name().equals(name) && place.allows(key.perHost()) ? key : null;
    }

    private <T> void readKey(Key<T> key, Object found, Position at, Place place) {
        place.settings().put(key, values.read(key, place.shown(key.path()), found, at));
    }

    private void readSection(Section section, Object found, Position at, Place place) {
        if (!(found instanceof ParsedTable table)) {
            boolean named = section == RetryKeys.POLICY && (found instanceof String || found instanceof ParsedArray);
            notTable(
                    problems,
                    place.shown(section.path()),
                    found,
                    at,
                    named ? "a table; a named policy is named beside retry, by policy = ... for a host" : "a table");
            return;
        }
        read(table, section.path(), place);
    }

    private String unknown(String section, String name, Object found, Place place) {
        if (problems.hopeless()) {
            return "unknown key";
        }
        List<String> here = new ArrayList<>();
        List<String> alternateOrigin = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            if (place.allows(key.perHost())) {
                (key.section().path().equals(section) ? here : alternateOrigin).add(key.name());
            }
        }
        for (Section inner : Keys.sections()) {
            if (inner.parent().equals(section) && !inner.path().isEmpty() && place.allows(inner.perHost())) {
                here.add(inner.name());
            }
        }
        if (section.isEmpty()) {
            here.addAll(place.leftOut());
            for (Key<?> key : place.own()) {
                here.add(key.name());
            }
        }
        boolean names = section.isEmpty() && (found instanceof String || found instanceof ParsedArray);
        if (names && place.host() && name.equals(PolicyDefinitions.TABLE)) {
            return "unknown key; did you mean " + Keys.POLICY.name() + "?";
        }
        if (names && !place.host() && name.equals(Keys.POLICY.name())) {
            return "not allowed at the top; name it for hosts, as in [hosts.\"*\"] with policy = ..., and define it in"
                    + " [policies.NAME]";
        }
        if (place.host() && section.isEmpty() && (Keys.findSection(name) != null || Keys.find(name) != null)) {
            return "not allowed " + (place.level == Level.POLICY ? "in a named policy" : "for a single host")
                    + "; move it to the top of the file";
        }
        String near = Suggestion.nearest(name, here);
        if (near != null) {
            return "unknown key; did you mean " + MessageText.keyPart(near) + "?";
        }
        String far = Suggestion.nearest(name, alternateOrigin);
        if (far != null) {
            for (Key<?> key : Keys.all()) {
                if (key.name().equals(far) && place.allows(key.perHost())) {
                    String table = place.shown(key.section().path());
                    return "unknown key; did you mean " + far
                            + (table.isEmpty() ? " at the top?" : " in [" + table + "]?");
                }
            }
        }
        here.replaceAll(MessageText::keyPart);
        return "unknown key; known here: " + String.join(", ", here);
    }

    /** Reports a value that stands where a table belongs. */
    static void notTable(Problems problems, String path, Object found, Position at, String allowed) {
        // The value is not shown: under a name that may be anything, it may be anything too.
        String kind = found instanceof String ? "a string" : MessageText.found(found);
        problems.error(at.line(), at.column(), path, "found " + kind + "; allowed: " + allowed);
    }
}
