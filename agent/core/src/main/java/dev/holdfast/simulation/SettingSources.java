package dev.holdfast.simulation;

import dev.holdfast.policy.Policy;
import dev.holdfast.policy.ValueSource;
import java.util.function.BiFunction;

/**
 * The sources of the values that a timeline names: one from outside the file may be a secret, and is named by where it
 * comes from. Times and counts of the simulated call itself are shown, for they are what is asked for.
 *
 * @param lookup gives the source of a value by the name of its policy and the path of its key
 */
record SettingSources(BiFunction<String, String, ValueSource> lookup) {
    /** Everything stands in the file. */
    static final SettingSources FILE = new SettingSources((policy, path) -> ValueSource.FILE);

    /** Returns whether a value comes from outside the file. */
    boolean external(Policy policy, String path) {
        return lookup.apply(policy.name(), path).isExternal();
    }

    /** Returns a value, or what stands for it. */
    String shown(Policy policy, String path, Object value) {
        return lookup.apply(policy.name(), path).shown(value);
    }
}
