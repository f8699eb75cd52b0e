package com.example.compat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The response as a program gets it.
 *
 * @param status the status
 * @param body the body as text
 * @param response the header {@code X-Answer}, which every answer of the service has; null where the library hides it
 */
public record Reply(int status, String body, @Nullable String response) {
    /** An answer whose headers the library does not show. */
    public static Reply of(int status, String body) {
        return new Reply(status, body, null);
    }

    @Override
    public String toString() {
        String text = body.length() > 200 ? body.length() + " characters " + Arrays.hashCode(body.toCharArray()) : body;
        return status + " " + response + " " + text;
    }
}
