package dev.holdfast.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request (RFC 9112), read strictly: what is not clearly a request of ours is none. Nobody's request is
 * passed on, so there is nothing to be gained by leniency. Immutable.
 *
 * @param method as it was sent
 * @param path the target up to its query, as it was sent
 * @param query what stands behind the {@code ?}, as it was sent; empty for none
 * @param headers by name in lower case
 * @param keepAlive whether the peer wants to send another one behind it
 */
record Request(String method, String path, String query, Map<String, String> headers, boolean keepAlive) {
    private static final int MOST_HEADERS = 100;
    private static final String NOT_TOKEN = "\"(),/:;<=>?@[\\]{}";

    /** Thrown for a request that can be answered with an error status only. */
    static final class BadRequest extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        BadRequest(int status) {
            super(Integer.toString(status), null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** The value of a header, null if it was not sent. */
    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** The first value of a parameter of the query, decoded; null if there is none, or none that can be decoded. */
    @Nullable
    String parameter(String name) {
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith(name) && pair.startsWith("=", name.length())) {
                try {
                    return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    /**
     * The length of the head at the beginning of some bytes, with the empty line behind it; -1 while it is not
     * complete.
     *
     * @param length how many of the bytes there are
     */
    static int headLength(byte[] bytes, int length) {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    /** Reads a complete head. */
    static Request read(byte[] bytes, int headLength) throws BadRequest {
        String head = new String(bytes, 0, headLength - 2, StandardCharsets.ISO_8859_1);
        int end = head.indexOf("\r\n");
        String line = head.substring(0, end);
        int first = line.indexOf(' ');
        int second = line.indexOf(' ', first + 1);
        if (first < 1 || second < 0) {
            throw new BadRequest(400);
        }
        String method = line.substring(0, first);
        String target = line.substring(first + 1, second);
        String version = line.substring(second + 1);
        if (!isToken(method) || !isTarget(target)) {
            throw new BadRequest(400);
        }
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw new BadRequest(version.startsWith("HTTP/") ? 505 : 400);
        }
        Map<String, String> headers = headers(head, end + 2);
        if (!headers.containsKey("host")) {
            throw new BadRequest(400);
        }
        if (headers.containsKey("transfer-encoding")
                || !headers.getOrDefault("content-length", "0").equals("0")) {
            // No request of ours has a body. Where one would end need not be found out.
            throw new BadRequest(413);
        }
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? "" : target.substring(question + 1);
        boolean keepAlive = version.equals("HTTP/1.1") && !hasWord(headers.getOrDefault("connection", ""), "close");
        return new Request(method, path, query, Map.copyOf(headers), keepAlive);
    }

    private static Map<String, String> headers(String head, int from) throws BadRequest {
        Map<String, String> headers = new HashMap<>();
        int count = 0;
        for (int start = from; start < head.length(); ) {
            int end = head.indexOf("\r\n", start);
            int colon = head.indexOf(':', start);
            if (colon < 0 || colon > end || ++count > MOST_HEADERS) {
                throw new BadRequest(colon < 0 || colon > end ? 400 : 431);
            }
            String name = head.substring(start, colon);
            String value = head.substring(colon + 1, end).strip();
            if (!isToken(name) || !isFieldValue(value)) {
                throw new BadRequest(400);
            }
            String before = headers.put(lowerCase(name), value);
            if (before != null) {
                if (name.equalsIgnoreCase("host") || name.equalsIgnoreCase("content-length")) {
                    throw new BadRequest(400);
                }
                headers.put(lowerCase(name), before + ", " + value);
            }
            start = end + 2;
        }
        return headers;
    }

    private static boolean isTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        // A target with a scheme is for a proxy, an asterisk for OPTIONS.
        return text.startsWith("/");
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || NOT_TOKEN.indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasWord(String list, String word) {
        for (String part : list.split(",", -1)) {
            if (part.strip().equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }

    /** ASCII only, whatever the locale. */
    private static String lowerCase(String name) {
        return name.toLowerCase(java.util.Locale.ROOT);
    }
}
