package dev.holdfast.policy;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells responses that may be held back until they are complete ({@code buffer_response}) from streams, whose parts the
 * program waits for one by one. A media type that is defined as a stream is never held back. Of the others, a body that
 * announces its length has an end by then; one that does not may have none, so that it is held back only where its
 * media type is known to be that of a document. What is missing in these lists is delivered as it comes.
 */
public final class StreamingMediaTypes {
    private static final Set<String> STREAMS = Set.of(
            "text/event-stream",
            "multipart/x-mixed-replace",
            "application/jsonl",
            "application/x-jsonl",
            "application/jsonlines",
            "application/x-jsonlines",
            "application/json-lines",
            "application/x-json-stream",
            "application/stream+json",
            "application/vnd.amazon.eventstream",
            "application/vnd.docker.raw-stream",
            "application/vnd.docker.multiplexed-stream");

    /** The beginnings of streaming types: a type's first part, or its whole beginning. */
    private static final Set<String> STREAM_PREFIXES =
            Set.of("application/grpc", "application/connect+", "application/vnd.apache.arrow.stream");

    /** NDJSON, JSON text sequences (RFC 7464, and the suffix of RFC 8091), and their kin: the last word of the type. */
    private static final Set<String> STREAM_ENDINGS = Set.of("ndjson", "json-seq", "cbor-seq");

    private static final Set<String> DOCUMENTS = Set.of(
            "application/json",
            "application/xml",
            "application/javascript",
            "application/pdf",
            "application/zip",
            "application/java-archive",
            "application/wasm",
            "text/css",
            "text/csv",
            "text/html",
            "text/javascript",
            "text/xml");

    private StreamingMediaTypes() {}

    /**
     * Returns whether a response's body may be held back until it is complete.
     *
     * @param contentType the value of its {@code ByteString-Type} header, null if there is none
     * @param length the announced length of its body in bytes, negative if unknown
     */
    public static boolean mayHoldBack(@Nullable String contentType, long length) {
        if (contentType == null) {
            return length >= 0;
        }
        String type = type(contentType);
        return !isStreamType(type) && (length >= 0 || isDocument(type));
    }

    /**
     * Returns whether a response's media type is defined as a stream, which may go on for as long as both sides want.
     *
     * @param contentType the value of its {@code ByteString-Type} header, null if there is none
     */
    public static boolean isStream(@Nullable String contentType) {
        return contentType != null && isStreamType(type(contentType));
    }

    private static String type(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isStreamType(String type) {
        for (String prefix : STREAM_PREFIXES) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        for (String ending : STREAM_ENDINGS) {
            if (type.endsWith(ending)) {
                return true;
            }
        }
        return STREAMS.contains(type);
    }

    private static boolean isDocument(String type) {
        return DOCUMENTS.contains(type)
                || type.endsWith("+json")
                || type.endsWith("+xml")
                || type.startsWith("image/")
                || type.startsWith("font/");
    }
}
