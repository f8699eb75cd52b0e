package dev.holdfast.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An answer that is written in the configuration. Immutable.
 *
 * @param path which requests it is for: a path, in which {@code *} stands for any text; empty: any path
 * @param methods their methods
 * @param status its status
 * @param headers its headers, in their order
 * @param body its body
 */
public record DefaultResponse(
        String path, Set<String> methods, int status, Map<String, List<String>> headers, ByteString body) {

    /** Copies the collections. */
    public DefaultResponse {
        methods = Set.copyOf(methods);
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /**
     * Returns whether it is for a request.
     *
     * @param method the request's method
     * @param requestPath its path, as it is sent
     */
    public boolean fits(String method, String requestPath) {
        return methods.contains(method) && (path.isEmpty() || matches(path, requestPath.isEmpty() ? "/" : requestPath));
    }

    /** Greedy, with one place to come back to: linear in the text for each star, whatever the pattern. */
    private static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
