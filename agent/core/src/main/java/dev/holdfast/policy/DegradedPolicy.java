package dev.holdfast.policy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The settings of the alternate origin that a request goes to when its own does not respond. Immutable.
 *
 * @param url its scheme, host, port and the path that stands before the request's; empty: none
 * @param timeoutNanos how long it has, up to its response's head
 * @param forwardCredentials whether all headers go along, and what the client adds by itself
 * @param forwardHeaders the names, in lower case, of headers that go along besides those that are known to be harmless
 * @param forwardQuery whether the query goes along as it is
 * @param acceptStatuses the statuses of responses that the application may get
 */
public record DegradedPolicy(
        String url,
        long timeoutNanos,
        boolean forwardCredentials,
        Set<String> forwardHeaders,
        boolean forwardQuery,
        Set<Integer> acceptStatuses) {
    /** The settings without an alternate origin. */
    public static final DegradedPolicy NONE = new DegradedPolicy("", 0, false);

    /** Copies the collections. */
    public DegradedPolicy {
        forwardHeaders = Set.copyOf(forwardHeaders);
        acceptStatuses = StatusSet.copyOf(acceptStatuses);
    }

    /** One whose successful responses count, and where nothing else is said. */
    public DegradedPolicy(String url, long timeoutNanos, boolean forwardCredentials) {
        this(url, timeoutNanos, forwardCredentials, Set.of(), false, StatusSet.range(200, 400));
    }

    /** The same for a request that would leave TLS on its way: nothing that may be a credential goes along. */
    public DegradedPolicy inTheClear() {
        Set<String> harmless = new HashSet<>();
        for (String name : forwardHeaders) {
            if (!isCredential(name)) {
                harmless.add(name);
            }
        }
        return new DegradedPolicy(url, timeoutNanos, false, harmless, false, acceptStatuses);
    }

    /** Returns whether a header that was named to go along is one that holds credentials. */
    public static boolean isCredential(String header) {
        return !header.toLowerCase(Locale.ROOT).equals("idempotency-key")
                && CredentialNames.of(header) != CredentialNames.Likelihood.UNLIKELY;
    }
}
