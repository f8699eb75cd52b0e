package dev.holdfast.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a process sets by their names, so that one file serves several: the system property
 * {@code holdfast.admin.listen} before the variable {@code HOLDFAST_ADMIN_LISTEN} of the environment before the file.
 * They are those at the top of the file; what a host or a route says of itself is as in the file. Loaded only in a
 * process that has a property or variable whose name begins so.
 */
final class Overrides {
    /** The beginning of the name of each system property that sets a key. */
    static final String PROPERTY = "holdfast.";
    /** The beginning of the name of each variable that sets a key. */
    static final String VARIABLE = "HOLDFAST_";

    /** Names that mean something else: the configuration itself. */
    private static final Set<String> OTHERS = Set.of("holdfast.config", "HOLDFAST_CONFIG", "HOLDFAST_CONFIG_INLINE");

    private static final String PUSH = "metrics.otlp.";
    private static final String RETRIES = "retry.";

    private final Environment environment;
    private final Problems problems;
    private final ValueReader values;

    private Overrides(Environment environment, Problems problems) {
        this.environment = environment;
        this.problems = problems;
        values = new ValueReader(problems);
    }

    /**
     * Puts what is set by name into the settings at the top of the file.
     *
     * @return whether a key of the push of meters is set, which asks for it as its table does
     */
    static boolean apply(Environment environment, Settings settings, Problems problems) {
        return new Overrides(environment, problems).apply(settings);
    }

    /** Returns whether a key of the table of retries is set by its name. */
    static boolean setsRetries(Settings settings) {
        for (Key<?> key : Keys.all()) {
            Settings.Setting<?> own = key.path().startsWith(RETRIES) ? settings.own(key) : null;
            if (own != null && own.line() == 0) {
                return true;
            }
        }
        return false;
    }

    /** The name of the variable that sets a key; shells know no others than of letters, digits and underscores. */
    static String variable(Key<?> key) {
        return VARIABLE + key.path().replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The name of the system property that sets a key. */
    static String property(Key<?> key) {
        return PROPERTY + key.path();
    }

    private boolean apply(Settings settings) {
        boolean push = false;
        Map<String, Key<?>> known = new HashMap<>();
        for (Key<?> key : Keys.all()) {
            known.put(variable(key), key);
            known.put(property(key), key);
            push |= apply(key, settings) && key.path().startsWith(PUSH);
        }
        for (String name : names()) {
            String near = known.containsKey(name) || OTHERS.contains(name) ? null : nearest(name, known);
            if (near != null) {
                problems.warn(0, 0, "", name + " sets no key; did you mean " + near + "?");
            }
        }
        return push;
    }

    private <T> boolean apply(Key<T> key, Settings settings) {
        String name = "-D" + property(key);
        String text = environment.property(property(key));
        if (text == null) {
            name = variable(key);
            text = environment.variable(name);
        }
        if (text == null) {
            return false;
        }
        Position at = new Position(0, 0, ExternalSource.override(name));
        if (!isSingle(key.type())) {
            problems.warn(
                    0,
                    0,
                    key.path(),
                    name + " has no effect: a table is set in the file only, where its values may be variables");
            return false;
        }
        settings.put(key, values.read(key, key.path(), text, at));
        LiteralCheck.override(key, text, name, problems);
        problems.hasExternal(true);
        problems.note(
                0,
                0,
                key.path(),
                "is set by " + name + ", which wins over the "
                        + (key.perHost()
                                ? "top of the file; what a host, a route or a named policy sets itself wins over that"
                                : "file"));
        return true;
    }

    /** Returns whether values of a type can be written as one text. */
    static boolean isSingle(ValueType type) {
        return type != ValueType.HEADERS
                && type != ValueType.POINTERS
                && type != ValueType.ATTRIBUTES
                && type != ValueType.ANSWERS
                && type != ValueType.CONDITIONS;
    }

    /** The names of variables and properties that look as if they set a key. */
    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (String name : environment.variables().keySet()) {
            if (name.startsWith(VARIABLE)) {
                names.add(name);
            }
        }
        for (Object name : environment.properties().keySet()) {
            if (name instanceof String text && text.startsWith(PROPERTY)) {
                names.add(text);
            }
        }
        return names;
    }

    /** Names are long, and alike at their beginning: what is compared is what follows. */
    private static @Nullable String nearest(String name, Map<String, Key<?>> known) {
        String prefix = name.startsWith(VARIABLE) ? VARIABLE : PROPERTY;
        List<String> candidates = new ArrayList<>();
        for (String each : new TreeSet<>(known.keySet())) {
            if (each.startsWith(prefix)) {
                candidates.add(each.substring(prefix.length()));
            }
        }
        String near = Suggestion.nearest(name.substring(prefix.length()), candidates);
        return near == null ? null : prefix + near;
    }
}
