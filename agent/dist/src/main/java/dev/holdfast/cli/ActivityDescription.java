package dev.holdfast.cli;

import dev.holdfast.cli.HoldfastJvms.State;
import org.jspecify.annotations.Nullable;

/** Describes in words whether policies are in force, from a status. */
final class ActivityDescription {
    private ActivityDescription() {}

    /** The state of Holdfast in a JVM; an agent that is too old to tell whether policies are in force has some. */
    static State state(JsonValue status) {
        boolean on = status.get("on").isTrue();
        boolean active =
                status.get("active").isNothing() || status.get("active").isTrue();
        if (active) {
            return on ? State.ON : State.OFF;
        }
        return !on && status.get("reason").text().equals("off") ? State.OFF : State.INACTIVE;
    }

    /** Returns the reason why no policy is in force; null where some are, or the switch is off. */
    static @Nullable String whyInactive(JsonValue status) {
        if (state(status) != State.INACTIVE) {
            return null;
        }
        String reason = status.get("reason").text();
        return switch (reason) {
            case "off" -> "the mode of every policy is off";
            case "no_policies" -> "its file defines no policy";
            case "file_missing" -> "its file is missing";
            case "file_unreadable" -> "its file cannot be read";
            case "file_invalid" -> "its file has errors";
            default -> reason; // a newer agent's
        };
    }
}
