package dev.holdfast.observe;

import dev.holdfast.policy.FaultPolicy;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The faults that the configuration in force injects, as people and programs see them. Immutable.
 *
 * @param injecting false once their end has come
 * @param untilEpochMillis their end
 * @param policies what each policy with a fault injects, in the order of the file
 */
public record InjectedFaults(boolean injecting, long untilEpochMillis, List<OfPolicy> policies) {
    /** Copies the list. */
    public InjectedFaults {
        policies = List.copyOf(policies);
    }

    /**
     * The fault of one policy.
     *
     * @param policy its name
     * @param mode {@code enforce}, or {@code observe}, in which faults are only counted
     * @param share the share of attempts that get it
     * @param fault the fault in a few words, such as {@code status 503}
     */
    public record OfPolicy(String policy, String mode, double share, String fault) {
        /** Returns it in one line, for people. */
        @Override
        public String toString() {
            return policy + ": " + share + " of attempts, " + fault
                    + (mode.equals("observe") ? " (observe: only counted)" : "");
        }
    }

    /**
     * Returns the faults of policies.
     *
     * @param faulty the policies that have one
     * @return null: there are none
     */
    public static @Nullable InjectedFaults of(List<Policy> faulty, long epochMillis) {
        if (faulty.isEmpty()) {
            return null;
        }
        FaultPolicy any = faulty.get(0).fault(); // the file has one end for all
        List<OfPolicy> all = new ArrayList<>(faulty.size());
        for (Policy policy : faulty) {
            FaultPolicy fault = policy.fault();
            String mode = policy.mode() == Mode.OBSERVE ? "observe" : "enforce";
            all.add(new OfPolicy(policy.name(), mode, fault.share(), fault.described()));
        }
        return new InjectedFaults(!any.isOver(epochMillis), any.untilMillis(), all);
    }

    /** The end, as a time in UTC. */
    public String until() {
        return Instant.ofEpochMilli(untilEpochMillis).toString();
    }
}
