package dev.holdfast.client.okhttp;

import dev.holdfast.exchange.ResponseHead;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Translates headers. */
final class Heads {
    private Heads() {}

    /** Headers by name, in their order; names that differ by case only are one. */
    static Map<String, List<String>> map(Headers headers) {
        Map<String, String> spelling = new LinkedHashMap<>();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            String first = spelling.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            fields.computeIfAbsent(first == null ? name : first, n -> new ArrayList<>())
                    .add(headers.value(i));
        }
        return Collections.unmodifiableMap(fields);
    }

    /** The values of a header, whatever the case of its name. */
    static List<String> values(Map<String, List<String>> fields, String name) {
        for (Map.Entry<String, List<String>> field : fields.entrySet()) {
            if (field.getKey().equalsIgnoreCase(name)) {
                return field.getValue();
            }
        }
        return List.of();
    }

    /** The library's headers; what it takes for malformed is left out, as no request could have brought it. */
    static Headers of(Map<String, List<String>> fields) {
        Headers.Builder builder = new Headers.Builder();
        fields.forEach((name, values) -> {
            for (String value : values) {
                try {
                    builder.add(name, value);
                } catch (IllegalArgumentException e) {
                    // Not a header of HTTP.
                }
            }
        });
        return builder.build();
    }

    /**
     * The head of a response.
     *
     * @param response whose body is not looked at
     */
    record Head(okhttp3.Response response) implements ResponseHead {
        @Override
        public int status() {
            return response.code();
        }

        @Override
        public @Nullable String header(String name, int index) {
            Headers headers = response.headers();
            int before = 0;
            for (int i = 0; i < headers.size(); i++) {
                if (headers.name(i).equalsIgnoreCase(name) && before++ == index) {
                    return headers.value(i);
                }
            }
            return null;
        }

        @Override
        public Map<String, List<String>> fields() {
            return map(response.headers());
        }
    }
}
