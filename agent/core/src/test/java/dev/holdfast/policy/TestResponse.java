package dev.holdfast.policy;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A response of a test.
 *
 * @param headers by their names, without regard to case; several values of one are separated by a bar
 * @param body what was held back, null: nothing
 */
public record TestResponse(
        int status, Map<String, String> headers, @Nullable String body) implements ResponseView {
    /** A response with headers: a name, its value, and so on. */
    public static TestResponse of(int status, String... headers) {
        Map<String, String> byName = new TreeMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            byName.put(headers[i], headers[i + 1]);
        }
        return of(status, byName);
    }

    public static TestResponse of(int status, Map<String, String> headers) {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(headers);
        return new TestResponse(status, byName, null);
    }

    public TestResponse withBody(String text) {
        return new TestResponse(status, headers, text);
    }

    @Override
    public @Nullable String header(String name) {
        return header(name, 0);
    }

    @Override
    public @Nullable String header(String name, int index) {
        String all = headers.get(name.toLowerCase(Locale.ROOT));
        String[] values = all == null ? new String[0] : all.split("[|]", -1);
        return index < values.length ? values[index] : null;
    }
}
