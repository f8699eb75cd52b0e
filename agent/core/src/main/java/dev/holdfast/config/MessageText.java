package dev.holdfast.config;

import java.net.URI;
import java.net.URISyntaxException;

/** Formats the file's content for messages, and checks two kinds of text that keys hold. */
final class MessageText {
    private static final int SHOWN = 40;

    private MessageText() {}

    /** Describes a value: short ones are shown, long ones only begun. */
    static String found(Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof ParsedArray array) {
            return array.isEmpty() ? "an empty array" : array.isOfTables() ? "an array of tables" : "an array";
        }
        if (value instanceof ParsedTable) {
            return "a table";
        }
        if (value instanceof Boolean || value instanceof Number) {
            return value.toString();
        }
        return "the date or time " + value;
    }

    /** A text in quotes, cut where it is long, and without what may be a URL's user information. */
    static String quoted(String value) {
        // Before it is cut: what stands before an @ would else be shown where the @ itself is cut off.
        String text = withoutUserInfo(value);
        if (text.codePointCount(0, text.length()) <= SHOWN) {
            return '"' + text + '"';
        }
        return '"' + text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "...\"";
    }

    /** A part of a key's path as TOML writes it: bare where it can be, else in quotes. */
    static String keyPart(String key) {
        String shown = withoutUserInfo(key);
        boolean bare = !shown.isEmpty() && shown.length() <= SHOWN;
        for (int i = 0; bare && i < shown.length(); i++) {
            char c = shown.charAt(i);
            bare = isLetterOrDigit(c) || c == '-' || c == '_';
        }
        return bare ? shown : quoted(shown);
    }

    /** User information is a credential, whatever characters it is made of. */
    private static String withoutUserInfo(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : "***" + text.substring(at);
    }

    /** Returns whether a character is an ASCII letter or digit. */
    static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Returns whether a text is empty or {@code host:port}. */
    static boolean isAddress(String text) {
        int colon = text.lastIndexOf(':');
        if (text.isEmpty()) {
            return true;
        }
        try {
            int port = colon < 1 ? -1 : Integer.parseInt(text, colon + 1, text.length(), 10);
            return port >= 0
                    && port <= 65535
                    && text.indexOf(' ') < 0
                    && text.indexOf('/') < 0
                    && text.indexOf('@') < 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Returns whether a text is made of what a host name is made of; an address is one as well. */
    static boolean isHostName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Returns whether a text is empty or an absolute http or https URL without user information. */
    static boolean isHttpUrl(String text) {
        if (text.isEmpty()) {
            return true;
        }
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getPort() <= 65535;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
