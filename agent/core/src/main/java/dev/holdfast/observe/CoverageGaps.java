package dev.holdfast.observe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls and clients that Holdfast does not help, as far as they can be seen, and the proxies between the program
 * and its origins. Immutable.
 *
 * @param hosts origins that were called and that no host pattern matches, the busiest first
 * @param otherCalls calls of further such origins
 * @param clients HTTP clients that carry calls in the JVM and are not covered
 * @param proxies HTTP proxies in use, each as {@code host:port}
 */
public record CoverageGaps(List<Unmatched> hosts, long otherCalls, List<Uncovered> clients, List<String> proxies) {
    /** None known. */
    public static final CoverageGaps NONE = new CoverageGaps(List.of(), 0, List.of(), List.of());

    /** Copies the lists. */
    public CoverageGaps {
        hosts = List.copyOf(hosts);
        clients = List.copyOf(clients);
        proxies = List.copyOf(proxies);
    }

    /**
     * An origin without a policy.
     *
     * @param origin {@code scheme://host:port}
     * @param calls how many, since it was called for the first time
     */
    public record Unmatched(String origin, long calls) {
        /** {@code http://a.example:80 (2 calls)}. */
        @Override
        public String toString() {
            return origin + " (" + calls + (calls == 1 ? " call)" : " calls)");
        }
    }

    /**
     * An HTTP client that Holdfast does not cover.
     *
     * @param name of the library
     * @param packageName of the copy that is in use
     * @param version of it, null if it is not known
     */
    public record Uncovered(
            String name, String packageName, @Nullable String version) {
        /** {@code OkHttp 4.12.0 (okhttp3.internal.http)}. */
        @Override
        public String toString() {
            return name + (version == null ? "" : " " + version) + " (" + packageName + ")";
        }
    }
}
