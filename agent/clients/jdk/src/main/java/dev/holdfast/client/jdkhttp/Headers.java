package dev.holdfast.client.jdkhttp;

import java.net.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks headers up as {@link HttpHeaders#firstValue} does, which makes a stream for each: some 100 bytes. */
final class Headers {
    private Headers() {}

    /**
     * The first value of a header.
     *
     * @param name its name, in whatever case
     * @return null: it is not there
     */
    static @Nullable String first(HttpHeaders headers, String name) {
        List<String> values = headers.map().get(name); // its order of names ignores case
        return values == null || values.isEmpty() ? null : values.get(0);
    }
}
