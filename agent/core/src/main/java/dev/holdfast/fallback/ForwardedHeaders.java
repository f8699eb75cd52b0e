package dev.holdfast.fallback;

import dev.holdfast.policy.DegradedPolicy;
import java.util.Locale;
import java.util.Set;

/**
 * The request headers that go to an alternate origin: those that are known to say nothing but which representation is
 * asked for, and what a body is. Any other may be a credential, whatever its name, and goes along only where the
 * configuration names it.
 *
 * <p>Conditions and ranges are among them: without {@code If-Match} a guarded change would become an unguarded one.
 */
final class ForwardedHeaders {
    private static final Set<String> HARMLESS = Set.of(
            // Content negotiation: RFC 9110, section 12.5, and what is like it.
            "accept",
            "accept-charset",
            "accept-datetime",
            "accept-encoding",
            "accept-language",
            "accept-patch",
            // What the body is: RFC 9110, sections 8 and 14.4, RFC 6266 and RFC 9530.
            "content-digest",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-length",
            "content-md5",
            "content-range",
            "content-type",
            "digest",
            "repr-digest",
            // Conditions and ranges: RFC 9110, sections 13.1 and 14.2.
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "range");

    private ForwardedHeaders() {}

    /**
     * Returns whether a header goes along.
     *
     * @param name its name
     * @param policy what is configured
     */
    static boolean include(String name, DegradedPolicy policy) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("host")) {
            return false; // it would lead elsewhere again
        }
        return policy.forwardCredentials()
                || HARMLESS.contains(lower)
                || policy.forwardHeaders().contains(lower);
    }
}
