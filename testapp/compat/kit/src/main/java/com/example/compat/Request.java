package com.example.compat;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call, in words that each library's program translates.
 *
 * @param method the method
 * @param uri where to
 * @param headers its headers; a body is JSON, of which the program says so in its own way
 * @param body the body, null for none
 */
public record Request(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable String body) {
    /** The media type of every body. */
    public static final String JSON = "application/json";

    static Request of(String method, URI uri) {
        boolean hasBody = method.startsWith("P");
        return new Request(method, uri, Map.of(), hasBody ? "{\"order\":\"" + "x".repeat(40) + "\"}" : null);
    }

    Request header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Request(method, uri, more, body);
    }

    /** The body, where there must be one. */
    public String text() {
        if (body == null) {
            throw new IllegalStateException(method + " has no body");
        }
        return body;
    }
}
