package dev.holdfast.config;

import dev.holdfast.policy.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every key of the configuration file, each defined once, in the order of the reference.
 *
 * <p>Defaults are the seed's where it names one. {@code connection_refused} is added to the retried errors: a service
 * that is being restarted refuses for a moment, nothing was sent, so that a retry is safe for any method, and waiting
 * that moment is what retries are for. A file that lists {@code retryable_errors} means its own list.
 *
 * <p><b>To add a key</b>, write one constant below the section that it belongs to, with the method of {@link Section}
 * that is named as its type is; that is all that the parser, its messages, the reference and {@link SettingProvenance}
 * need. Its value is then {@code settings.get(KEY)}, of the Java type that the constant has; {@link PolicyFactory} (or
 * the factory of its part) puts it into the policy. Then write the reference anew: {@code ReferenceTest} says how.
 */
final class Keys {
    static final double MILLISECOND = 1e6;
    static final double SECOND = 1e9;
    static final double HOUR = 3600e9;
    static final double DAY = 24 * HOUR;
    static final double MIB = 1 << 20;

    /** The table of a host in which its routes stand. */
    static final String ROUTES = "routes";

    private static final Section TOP = new Section("", true, "");

    static final Key<Mode> MODE = TOP.choice(
            "mode",
            Mode.ENFORCE,
            Choices.of(List.of(Mode.values())),
            "The mode: act, only decide and count, or do nothing.");

    private static final Section ROUTE = new Section("", true, "");

    static final Key<String> ROUTE_PATH = ROUTE.text(
            "path",
            "The path: \"/v1/orders\", with * for any text within a segment, and with /** at the end for all below.");
    static final Key<List<String>> ROUTE_METHODS =
            ROUTE.methods("methods", List.of(), "The methods; [] is every method.");

    private static final Section BUILDING = new Section("", true, "");

    /** The key of hosts, routes and named policies that names what they build on. */
    static final Key<List<String>> POLICY = BUILDING.names(
            "policy",
            "The named policies that it builds on: [policies.NAME], or several of them, of which a later one wins. "
                    + "What "
                    + "it "
                    + "sets itself wins over all of them.");

    private static final Section NAMED = new Section("", true, "");

    /** The key of a named policy that names host patterns. */
    static final Key<List<String>> POLICY_HOSTS = NAMED.names(
            "hosts",
            "The host patterns that it applies to, beside those that name it themselves by policy = \"NAME\".");

    private static final Map<String, Section> SECTIONS = new HashMap<>();
    private static final List<Section> SECTION_LIST = new ArrayList<>();
    private static final Map<String, Key<?>> BY_PATH = new HashMap<>();
    private static final List<Key<?>> LIST = new ArrayList<>();

    static {
        add(List.of(TOP));
        add(RetryKeys.SECTIONS);
        add(LoadProtectionKeys.SECTIONS);
        add(FallbackKeys.SECTIONS);
        add(FaultKeys.SECTIONS);
        add(List.of(ClientKeys.CLIENTS));
        add(ObservabilityKeys.SECTIONS);
    }

    private static void add(List<Section> sections) {
        for (Section section : sections) {
            SECTION_LIST.add(section);
            SECTIONS.put(section.path(), section);
            for (Key<?> key : section.keys()) {
                LIST.add(key);
                BY_PATH.put(key.path(), key);
            }
        }
    }

    private Keys() {}

    /** All keys, in the order of the reference. */
    static List<Key<?>> all() {
        return LIST;
    }

    /** All sections, in the order of the reference. */
    static List<Section> sections() {
        return SECTION_LIST;
    }

    /** The key with the path that a file has; null if there is none. */
    static @Nullable Key<?> find(String path) {
        return BY_PATH.get(path);
    }

    /** The section with the path that a file has; null if there is none. */
    static @Nullable Section findSection(String path) {
        return SECTIONS.get(path);
    }

    /** The key that hosts, routes and named policies have beside those that stand in sections. */
    static List<Key<?>> ofBuilding() {
        return BUILDING.keys();
    }

    /** The keys that a named policy has beside those that a host may have. */
    static List<Key<?>> ofNamed() {
        return NAMED.keys();
    }

    /** The keys that say which requests a route is for. Beside them it may have every key that a host may have. */
    static List<Key<?>> ofRoutes() {
        return ROUTE.keys();
    }
}
