package dev.holdfast.fallback;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request of the application, as the strategies see it. Immutable.
 *
 * @param method its method
 * @param address where it goes
 * @param headers its headers as far as the application wrote them, names in lower case
 * @param hasBody whether it has a body
 * @param identity what else the client puts on the wire that tells who asks (cookies of its own, a client certificate);
 *     empty: nothing; null: something that cannot be known, so that no answer may be kept for anybody
 */
public record FallbackRequest(
        String method,
        Address address,
        Map<String, List<String>> headers,
        boolean hasBody,
        @Nullable Identity identity) {
    private static final Set<String> OF_A_CHANGE = Set.of(
            "digest",
            "expect",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "if-unmodified-since",
            "prefer",
            "repr-digest",
            "transfer-encoding");

    /** Brings the names to lower case. */
    public FallbackRequest {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        headers = lower;
    }

    /** Creates a request to a URI. */
    public FallbackRequest(
            String method, URI uri, Map<String, List<String>> headers, boolean hasBody, @Nullable Identity identity) {
        this(method, new Address(uri.toString(), () -> uri), headers, hasBody, identity);
    }

    /** The same by another method, and without a body. */
    FallbackRequest by(String other) {
        return new FallbackRequest(other, address, headers, false, identity);
    }

    /** The same for the whole of what this one may ask for a range of. */
    FallbackRequest whole() {
        if (header("range").isEmpty()) {
            return this;
        }
        Map<String, List<String>> others = new TreeMap<>(headers);
        others.remove("range");
        others.remove("if-range");
        return new FallbackRequest(method, address, others, hasBody, identity);
    }

    /**
     * The same without the headers that describe what is to be changed to, and on which condition: who changes
     * something asks for it without them.
     */
    FallbackRequest withoutChange() {
        Map<String, List<String>> others = new TreeMap<>(headers);
        others.keySet().removeIf(name -> name.startsWith("content-") || OF_A_CHANGE.contains(name));
        return new FallbackRequest(method, address, others, hasBody, identity);
    }

    /** Returns the URI that it goes to; null: its address is none, which some clients send all the same. */
    @Nullable
    URI uri() {
        try {
            return address.uri.get();
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** Returns the path of its address, as it is sent. */
    String path() {
        URI known = uri();
        String path = known == null ? address.path() : known.getRawPath();
        return path == null ? "" : path;
    }

    /** The values of a header, by its name in lower case; empty if absent. */
    List<String> header(String lowerName) {
        List<String> values = headers.get(lowerName);
        return values == null ? List.of() : values;
    }

    /**
     * The identity of the caller, beyond the request's headers.
     *
     * @param text anything that differs where the wire may differ
     * @param lasting whether it means the same in another JVM
     */
    public record Identity(String text, boolean lasting) {
        /** Nobody in particular. */
        public static final Identity NOBODY = new Identity("", true);
    }

    /**
     * The address of a request: known by its text, and only when something went wrong as a {@code URI}, which takes
     * long to make.
     */
    public static final class Address {
        private final String text;
        private final Supplier<URI> uri;

        /**
         * An address.
         *
         * @param text the same for the same address
         * @param uri makes what it means; may throw if it means nothing
         */
        public Address(String text, Supplier<URI> uri) {
            this.text = text;
            this.uri = uri;
        }

        /** The path of a text that is no URI. */
        private String path() {
            int scheme = text.indexOf("://");
            int begin = text.indexOf('/', scheme < 0 ? 0 : scheme + 3);
            int end = text().indexOf('?');
            return begin < 0 || (end >= 0 && end < begin)
                    ? ""
                    : text().substring(begin, end < 0 ? text().length() : end);
        }

        /** Its text, without a fragment. */
        String text() {
            int fragment = text.indexOf('#');
            return fragment < 0 ? text : text.substring(0, fragment);
        }
    }
}
