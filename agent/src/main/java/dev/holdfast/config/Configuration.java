package dev.holdfast.config;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration file that was read and found good. Immutable.
 *
 * @param file the name of the file, as the user gave it
 * @param policies the policy of each host pattern, defaults merged in, in the order of the file; {@code *} is there if
 *     the file has a {@code [retry]} table or names it under {@code [hosts]}
 * @param warnings what the author of the file should know, in the order of the file
 * @param inactive the paths of the tables that the file sets and whose parts are not built yet
 */
public record Configuration(
        String file, Map<HostPattern, Policy> policies, List<Problem> warnings, List<String> inactive) {
    /** Copies the collections; the policies keep their order. */
    public Configuration {
        policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
        warnings = List.copyOf(warnings);
        inactive = List.copyOf(inactive);
    }

    /** Whether any call can be concerned. If not, there is no reason to touch the program at all. */
    public boolean policyBearing() {
        for (Policy policy : policies.values()) {
            if (policy.mode() != Mode.OFF) {
                return true;
            }
        }
        return false;
    }
}
