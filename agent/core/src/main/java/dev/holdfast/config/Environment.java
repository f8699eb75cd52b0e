package dev.holdfast.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings of a process that a configuration takes values from.
 *
 * @param variables the environment
 * @param properties the system properties
 */
record Environment(Map<String, String> variables, Map<?, ?> properties) {
    /** Returns the surroundings of this process. */
    static Environment ofProcess() {
        return new Environment(System.getenv(), System.getProperties());
    }

    /** The value of a variable of the environment; null if there is none. */
    @Nullable
    String variable(String name) {
        return variables.get(name);
    }

    /** The value of a system property; null if there is none. */
    @Nullable
    String property(String name) {
        return properties.get(name) instanceof String text ? text : null;
    }
}
