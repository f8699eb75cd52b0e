package dev.holdfast.client.apache5;

import dev.holdfast.exchange.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response.
 *
 * @param response the client's
 */
record Heads(HttpResponse response) implements ResponseHead {
    @Override
    public int status() {
        return response.getCode();
    }

    @Override
    public @Nullable String header(String name, int index) {
        Header header = index == 0 ? response.getFirstHeader(name) : at(response.getHeaders(name), index);
        return header == null ? null : header.getValue();
    }

    @Override
    public Map<String, List<String>> fields() {
        return fields(response.getHeaders());
    }

    private static @Nullable Header at(Header[] headers, int index) {
        return index < headers.length ? headers[index] : null;
    }

    /** The values of headers, by names that differ in more than case. */
    static Map<String, List<String>> fields(Header[] headers) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : headers) {
            String value = header.getValue();
            fields.computeIfAbsent(header.getName(), name -> new ArrayList<>(1)).add(value == null ? "" : value);
        }
        return fields;
    }

    /** The headers with these values. */
    static Header[] headers(Map<String, List<String>> fields) {
        List<Header> headers = new ArrayList<>();
        fields.forEach((name, values) -> {
            for (String value : values) {
                headers.add(new BasicHeader(name, value));
            }
        });
        return headers.toArray(Header[]::new);
    }
}
