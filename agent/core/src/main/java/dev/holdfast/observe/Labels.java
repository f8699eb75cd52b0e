package dev.holdfast.observe;

import dev.holdfast.call.Outcome;
import java.util.Locale;

/** The words for enums and outcomes in labels and log lines: lower case, never with anything of the request. */
public final class Labels {
    private Labels() {}

    /** Returns the constant's name in lower case. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A status, or a kind of failure. */
    public static String of(Outcome outcome) {
        if (outcome instanceof Outcome.Response response) {
            return Integer.toString(response.status());
        }
        return outcome instanceof Outcome.Failure failure ? failure.kind().configName() : "cancelled";
    }

    /** The seed's numbers. */
    static int number(String state) {
        return switch (state) {
            case "closed" -> 0;
            case "open" -> 1;
            default -> 2;
        };
    }
}
