package dev.holdfast.observe;

import java.util.List;

/**
 * Holdfast in a management console: {@value Management#NAME} on the platform's MBean server. What there is to see of
 * single origins is more than attributes hold: {@link #statusJson}.
 */
public interface HoldfastMXBean {
    /** Returns the agent's version; empty if unknown. */
    String getVersion();

    /** The configuration in force, as it was named. */
    String getConfigurationFile();

    /** The run-time switch: while it is off, every call runs unmodified. */
    boolean isOn();

    /** Throws the switch. Calls that have begun go on as they began. */
    void setOn(boolean on);

    /** Returns whether policies are in force: a good configuration defines some, and the switch is on. */
    boolean isActive();

    /** {@code active}, or why no policy is in force, as {@link Activity#label} has it. */
    String getReason();

    /** The names of the policies in force. */
    List<String> getPolicies();

    /**
     * The faults that are injected now, a line for each policy that has one, with their end in the first; empty: none.
     */
    List<String> getInjectedFaults();

    /** Everything, as {@link SnapshotJson} describes it. */
    String statusJson();
}
