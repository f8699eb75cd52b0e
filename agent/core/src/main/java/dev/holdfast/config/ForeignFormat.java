package dev.holdfast.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Knows a text that is written in another language for configurations, by its first line that is neither blank nor a
 * comment. Each of these beginnings is an error in TOML, so that no file that can be used is taken for something else;
 * and one error that names the language helps more than one for each of its lines.
 */
final class ForeignFormat {
    private static final String TOML = "; Holdfast reads TOML: ";
    private static final String INIT = " (the command init writes a file to begin with)";

    private static final Pattern JSON = Pattern.compile("\\{.*|\\[\\s*\\{.*|\\[");
    /**
     * A document's start, a directive, or a key: bare or in quotes, with a colon and a blank or the line's end behind.
     */
    private static final Pattern YAML =
            Pattern.compile("---(?:\\s+[^=]*)?|%YAML\\s.*|(?:- )?(?:[\\w.*/-]+|\"[^\"\\\\]*\"|'[^']*')\\s*:(?:\\s.*)?");

    private static final Pattern XML = Pattern.compile("<[?!a-zA-Z].*");

    private ForeignFormat() {}

    /**
     * Looks at a text that is no TOML, or may be none.
     *
     * @param text without a byte order mark
     * @param file how the problem names the file
     * @return the error, at the line by which the language was known; null where it is none that is known
     */
    static @Nullable Problem of(String text, String file) {
        int number = 0;
        for (int start = 0; start < text.length(); ) {
            number++;
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(start, end).strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                String message = message(line);
                return message == null ? null : new Problem(file, number, 1, "", message);
            }
            start = end + 1;
        }
        return null;
    }

    private static @Nullable String message(String line) {
        if (JSON.matcher(line).matches()) {
            return "this is JSON" + TOML + "[retry] for {\"retry\": {}}, and below it max_retries = 3" + INIT;
        }
        if (YAML.matcher(line).matches()) {
            return "this is YAML" + TOML + "[retry] for \"retry:\", and below it max_retries = 3" + INIT;
        }
        return XML.matcher(line).matches()
                ? "this is XML" + TOML + "[retry], and below it max_retries = 3" + INIT
                : null;
    }
}
