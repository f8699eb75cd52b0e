package dev.holdfast.launch;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The agent's argument: {@code FILE}, or {@code config=FILE,strict=true}. Parsed on the program's thread before
 * {@code main}, so with plain string operations.
 */
final class AgentOptions {
    private static final String KNOWN = "Known options are config=FILE and strict=true|false";

    private final @Nullable String file;
    private final boolean strict;
    private final @Nullable String error;

    private AgentOptions(@Nullable String file, boolean strict, @Nullable String error) {
        this.file = file;
        this.strict = strict;
        this.error = error;
    }

    /** The configuration file as it was named, null if none was. */
    @Nullable
    String file() {
        return file;
    }

    /** Returns whether a bad file stops the program. */
    boolean strict() {
        return strict;
    }

    /** Returns the error in the argument, null if there is none. */
    @Nullable
    String error() {
        return error;
    }

    /**
     * Reads the argument.
     *
     * @param argument what stands behind {@code -javaagent:JAR=}, or null
     */
    static AgentOptions of(@Nullable String argument) {
        return parse(argument == null ? "" : argument.trim());
    }

    /**
     * These options with the file that is named elsewhere, where the argument names none.
     *
     * @param otherFile blank or null: none
     */
    AgentOptions orFile(@Nullable String otherFile) {
        return file != null
                        || error != null
                        || otherFile == null
                        || otherFile.trim().isEmpty()
                ? this
                : new AgentOptions(otherFile, strict, null);
    }

    private static AgentOptions parse(String argument) {
        if (argument.isEmpty()) {
            return new AgentOptions(null, false, null);
        }
        if (argument.indexOf('=') < 0) {
            return new AgentOptions(argument, false, null);
        }
        String file = null;
        Boolean strict = null;
        String error = null;
        int from = 0;
        while (from <= argument.length()) {
            int comma = argument.indexOf(',', from);
            int to = comma < 0 ? argument.length() : comma;
            String part = argument.substring(from, to).trim();
            int equals = part.indexOf('=');
            String key = equals < 0 ? "config" : part.substring(0, equals).trim();
            String value = equals < 0 ? part : part.substring(equals + 1).trim();
            if (key.equals("config") && file == null && !value.isEmpty() && (equals >= 0 || from == 0)) {
                file = value;
            } else if (key.equals("strict") && strict == null && (value.equals("true") || value.equals("false"))) {
                strict = value.equals("true");
            } else if (error == null) {
                error = wrong(part, key, value, equals >= 0);
            }
            from = to + 1;
        }
        return new AgentOptions(file, Boolean.TRUE.equals(strict), error);
    }

    private static String wrong(String part, String key, String value, boolean hasKey) {
        String shown = part.length() <= 80 ? part : part.substring(0, 80) + "...";
        String what;
        if (!hasKey) {
            what = "\"" + shown + "\" has no option's name before it";
        } else if (key.equals("config")) {
            what = value.isEmpty() ? "config= names no file" : "config is given twice";
        } else if (key.equals("strict")) {
            what = value.equals("true") || value.equals("false")
                    ? "strict is given twice"
                    : "strict must be true or false, not \"" + shown.substring(shown.indexOf('=') + 1) + "\"";
        } else {
            what = "\"" + shown + "\" is no option" + hint(key);
        }
        return "the agent's argument is wrong: " + what + ". " + KNOWN
                + "; a file whose path holds a comma or an equals sign can be named by -Dholdfast.config";
    }

    private static String hint(String key) {
        for (String known : new String[] {"config", "strict"}) {
            if (near(known, key)) {
                return ", did you mean " + known;
            }
        }
        return "";
    }

    /**
     * Returns whether a typed word is most likely meant to be the known one: same start, or at most two letters off.
     */
    private static boolean near(String known, String typed) {
        String word = typed.toLowerCase(Locale.ROOT);
        if (word.startsWith(known.substring(0, 3)) || word.contains(known)) {
            return true;
        }
        int missing = 0;
        int at = 0;
        for (int i = 0; i < known.length(); i++) {
            int found = word.indexOf(known.charAt(i), at);
            if (found < 0) {
                missing++;
            } else {
                at = found + 1;
            }
        }
        return missing + Math.abs(word.length() - known.length()) <= 2;
    }
}
