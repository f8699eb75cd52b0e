package dev.holdfast.runtime;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Timer;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Problem;
import dev.holdfast.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The state that all configurations of a JVM share, the first one and those that replace it.
 *
 * @param observability what is known of origins, goes on from one configuration to the next, as far as the rules are
 *     the same; and how it is seen
 * @param timer what delays are kept by
 */
record SharedState(Observability observability, Timer timer) {
    private static final int NOTICES_SHOWN = 10;

    /** The policies of a configuration, ready for calls. */
    Engine engine(Configuration configuration) {
        return new Engine(new PolicyTable<>(configuration.policies()), observability.targets(), timer);
    }

    /** Returns the notices for the user: the configuration's warnings. */
    static List<String> notices(Configuration configuration) {
        List<String> notices = new ArrayList<>();
        for (Problem warning : configuration.warnings()) {
            notices.add("warning: " + warning);
        }
        return notices;
    }

    /** One line: how many policies, from which file, of which content, and which clients are off. */
    static String summary(String what, Configuration configuration) {
        int policies = configuration.policyNames().size();
        Map<String, Integer> off = configuration.clientsOff();
        return what + ": " + policies + (policies == 1 ? " policy" : " policies") + " from " + configuration.file()
                + " (sha256 " + configuration.fingerprint() + ")"
                + (configuration.reloadable() ? "" : ", which is read once: a variable cannot be reloaded")
                + (off.isEmpty() ? "" : "; clients off: " + String.join(", ", off.keySet()));
    }

    /** A line with notices below it, the first few of them. */
    static String described(String summary, List<String> notices) {
        StringBuilder text = new StringBuilder(summary);
        int shown = Math.min(notices.size(), NOTICES_SHOWN);
        for (int i = 0; i < shown; i++) {
            text.append("\n  ").append(notices.get(i));
        }
        if (notices.size() > shown) {
            text.append("\n  ... and ").append(notices.size() - shown).append(" more");
        }
        return text.toString();
    }
}
