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
        return value(headers, name, 0);
    }

    /**
     * A value of a header.
     *
     * @param name its name, in whatever case
     * @param index from 0, in the order in which they came
     * @return null: there are no more
     */
    static @Nullable String value(HttpHeaders headers, String name, int index) {
        List<String> values = headers.map().get(name); // its order of names ignores case
        return values == null || values.size() <= index ? null : values.get(index);
    }
}
