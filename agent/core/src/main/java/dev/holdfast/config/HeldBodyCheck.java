package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds conditions on bodies that are held back for none of the hosts and routes which inherit them. Where one of these
 * may use them, the others that hold no body back need not.
 */
final class HeldBodyCheck {
    private final Problems problems;
    /** Each list with such conditions that no policy so far can use, and where the problem is. */
    private final IdentityHashMap<Setting<?>, Setting<?>> idle = new IdentityHashMap<>();

    private final List<Setting<?>> order = new ArrayList<>();
    /** The lists without such conditions, and those that some policy can use. */
    private final IdentityHashMap<Setting<?>, Boolean> good = new IdentityHashMap<>();

    HeldBodyCheck(Problems problems) {
        this.problems = problems;
    }

    /** Looks at the merged settings of one policy. */
    void check(Settings settings) {
        Setting<Long> held = settings.setting(RetryKeys.BUFFER_RESPONSE);
        boolean none = Long.valueOf(0).equals(held.found());
        for (Settings part = settings; part != null; part = part.parent()) {
            Setting<List<Settings>> when = part.own(RetryKeys.WHEN);
            if (when == null) {
                continue;
            }
            List<Settings> conditions = when.found();
            if (conditions == null || conditions.isEmpty()) {
                return; // which leaves the inherited ones out
            }
            if (good.containsKey(when) || (none && idle.containsKey(when))) {
                continue;
            }
            if (!none || !looksAtBodies(conditions)) {
                good.put(when, true);
            } else {
                idle.put(when, when.later(held));
                order.add(when);
            }
        }
    }

    private static boolean looksAtBodies(List<Settings> conditions) {
        for (Settings condition : conditions) {
            List<String> body = condition.setting(RetryKeys.CONDITION_BODY).found();
            Map<String, List<String>> json =
                    condition.setting(RetryKeys.CONDITION_JSON).found();
            if ((body != null && !body.isEmpty()) || (json != null && !json.isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** Says which have no use, when all policies were looked at. */
    void report() {
        for (Setting<?> when : order) {
            Setting<?> at = idle.get(when);
            // Nobody who names a preset can take anything out of it.
            if (at != null && !good.containsKey(when) && at.preset().isEmpty()) {
                problems.warn(
                        at,
                        "conditions on body or json have no effect while no body is held back: set buffer_response in"
                                + " [retry], such as buffer_response = \"16KiB\"");
            }
        }
    }
}
