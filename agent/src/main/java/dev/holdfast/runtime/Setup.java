package dev.holdfast.runtime;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Targets;
import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Problem;
import dev.holdfast.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file comes to.
 *
 * @param engine its policies, ready for calls; null: the file bears none
 * @param summary for the start line: how many policies, from which file
 * @param notices what the user should know: keys that are inactive in this version, and warnings
 */
record Setup(@Nullable Engine engine, String summary, List<String> notices) {
    Setup {
        notices = List.copyOf(notices);
    }

    /**
     * Reads a file and builds the engine for it.
     *
     * @param file as the user named it
     * @throws ConfigException all that is wrong with it, for the user
     */
    static Setup read(String file) throws ConfigException {
        Configuration configuration = ConfigLoader.load(file);
        List<String> notices = new ArrayList<>();
        for (Problem warning : configuration.warnings()) {
            notices.add("warning: " + warning);
        }
        if (!configuration.inactive().isEmpty()) {
            notices.add("not built into this version yet, so without effect: "
                    + String.join(", ", configuration.inactive()));
        }
        if (!configuration.policyBearing()) {
            return new Setup(null, file + " bears no policy; the program runs as without the agent", notices);
        }
        int policies = configuration.policies().size();
        return new Setup(
                new Engine(new PolicyTable<>(configuration.policies()), new Targets(Observer.NONE), new Timer()),
                "is active: " + policies + (policies == 1 ? " policy" : " policies") + " from " + file,
                notices);
    }
}
