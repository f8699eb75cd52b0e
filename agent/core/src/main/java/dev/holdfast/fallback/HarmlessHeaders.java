package dev.holdfast.fallback;

import dev.holdfast.policy.CachePolicy;
import java.util.Set;

/**
 * The request headers that are no part of a {@link CacheKey}: those that cannot choose a response, and of which most
 * differ from call to call. Every other header that the program set is part of the key.
 *
 * <p>A list of what is harmless, because a list of what tells users apart is never complete: a header that is missing
 * here costs a hit, one that was missing there gave one user's response to another. So no header is in it that carries
 * data of the application: not {@code baggage}, {@code correlation-context}, {@code uberctx-*} or
 * {@code sw8-correlation}.
 */
final class HarmlessHeaders {
    private static final Set<String> NAMES = Set.of(
            // Tracing: W3C, Zipkin, Datadog, AWS, Google, Jaeger, Sentry, Elastic, OpenTracing, Instana, SkyWalking,
            // others.
            "traceparent",
            "tracestate",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "x-b3-sampled",
            "x-b3-flags",
            "x-datadog-trace-id",
            "x-datadog-parent-id",
            "x-datadog-sampling-priority",
            "x-datadog-origin",
            "x-datadog-tags",
            "x-amzn-trace-id",
            "x-cloud-trace-context",
            "uber-trace-id",
            "sentry-trace",
            "elastic-apm-traceparent",
            "ot-tracer-traceid",
            "ot-tracer-spanid",
            "ot-tracer-sampled",
            "x-instana-t",
            "x-instana-s",
            "x-instana-l",
            "sw8",
            "sw8-x",
            "newrelic",
            "x-trace-id",
            "x-span-id",
            // Identifiers of one request.
            "request-id",
            "x-request-id",
            "x-requestid",
            "correlation-id",
            "x-correlation-id",
            "x-correlationid",
            "client-request-id",
            "x-client-request-id",
            "x-ms-client-request-id",
            "x-amzn-requestid",
            "amz-sdk-invocation-id",
            "amz-sdk-request",
            // The moment and the program.
            "date",
            "user-agent",
            // The connection (RFC 9110, section 7.6.1); a request with a body has no key at all.
            "connection",
            "keep-alive",
            "proxy-connection",
            "content-length",
            // Rules for caches, which CacheStrategy obeys; and validators, which ask for the same representation or for
            // none.
            "cache-control",
            "pragma",
            "if-none-match",
            "if-modified-since");

    private HarmlessHeaders() {}

    /** The list as it is, in lower case. {@code docs/cache.md} shows it to users. */
    static Set<String> names() {
        return NAMES;
    }

    /**
     * Returns whether a header is no part of the key.
     *
     * @param name its name in lower case
     * @param policy the headers that the configuration adds to the list, and those that it takes from it, which win
     */
    static boolean ignores(String name, CachePolicy policy) {
        return !policy.keyHeaders().contains(name)
                && (NAMES.contains(name) || policy.ignoreHeaders().contains(name));
    }
}
